import { type CompileOptions, checkCompileOptions, DEFAULT_MAX_BATCH } from "@nin/backend";
import { availableParallelism, mostThreads } from "@nin/files";
import type { Architecture } from "@nin/spec";
import type { DeviceId, EngineOptions } from "./runtime/protocol.js";

export const BACKEND_ID = "onnxruntime";

const DEFAULT_DEVICE: DeviceId = "cpu";
const DEVICE_IDS: readonly DeviceId[] = ["cpu", "webgpu", "cuda"];

/**
 * The options with every default filled in.
 *
 * Throws: `UnsupportedError`; `SpecError` for a mean or deviation of other channels than the network's.
 */
export function engineOptions(architecture: Architecture, options: CompileOptions): EngineOptions {
  checkCompileOptions(architecture, options, {
    backend: BACKEND_ID,
    devices: DEVICE_IDS,
    mostThreads: mostThreads(),
  });
  const { maxBatch = DEFAULT_MAX_BATCH, threads = availableParallelism(), imageFormat: images } = options;
  const device = DEVICE_IDS.find((id) => id === options.device) ?? DEFAULT_DEVICE;
  return {
    architecture,
    device,
    maxBatch,
    threads,
    ...(images === undefined ? {} : { imageFormat: images }),
  };
}
