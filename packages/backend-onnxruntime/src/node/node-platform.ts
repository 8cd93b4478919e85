import type { EnginePlatform } from "../runtime/engine-platform.js";
import type { OnnxRuntime } from "../runtime/onnx-runtime.js";
import type { DeviceId } from "../runtime/protocol.js";
import { OptimizerMemory } from "../update/optimizer-memory.js";
import { DeviceLock } from "./device-lock.js";
import { NodeMaskThread } from "./mask-thread.js";
import type { RuntimeCalls } from "./runtime-calls.js";
import { disableTelemetry } from "./telemetry.js";

/** Node around an engine: no reports, one thread at a time on WebGPU, and no end of the process inside the runtime. */
export function nodePlatform(ort: OnnxRuntime, device: DeviceId, calls: RuntimeCalls): EnginePlatform {
  const lock = device === "webgpu" ? DeviceLock.ofProcess() : undefined;
  return {
    ort,
    prepare: disableTelemetry,
    writesGivenResults: true,
    memoryFor: OptimizerMemory.create,
    exclusive: (work) => (lock === undefined ? calls.run(work) : lock.hold(() => calls.run(work))),
    startMaskThread: () => new NodeMaskThread(),
  };
}
