import { Memo } from "@nin/backend";
import { scalar } from "../graph/arithmetic.js";
import { GraphBuilder } from "../graph/graph-builder.js";
import type { Program } from "../programs/program.js";
import { DEVICE_TRAITS } from "../runtime/device-traits.js";
import { createSession } from "../runtime/engine-platform.js";
import type { OnnxRuntime, RuntimeSession } from "../runtime/onnx-runtime.js";
import { DeviceLock } from "./device-lock.js";
import { disableTelemetry } from "./telemetry.js";

/**
 * Keeps the runtime's WebGPU device between models. The runtime destroys the device and its compiled pipelines with its
 * last session: stock onnxruntime-node does not pass the option `preserveDevice` on. An idle session keeps both alive;
 * sessions of other threads share them.
 */
export class KeptDevice {
  readonly #session = new Memo<"device", RuntimeSession>();

  /**
   * Opens the device, when it is asked for the first time.
   *
   * @throws what the runtime throws.
   */
  async keep(ort: OnnxRuntime): Promise<void> {
    const settings = { device: "webgpu", threads: 1 } as const;
    await this.#session.get("device", () =>
      DeviceLock.ofProcess().hold(() =>
        createSession(anyProgram(), settings, { ort, prepare: disableTelemetry }),
      ),
    );
  }
}

function anyProgram(): Program {
  const graph = new GraphBuilder(DEVICE_TRAITS.webgpu.dialect);
  graph.output(scalar(graph, 0), "nothing");
  return { graph, parameters: new Map() };
}
