import { availableParallelism } from "node:os";
import {
  type Backend,
  type CompileOptions,
  DeviceUnavailableError,
  type Model,
  UnsupportedError,
} from "@nin/backend";
import { prepareSoftwareAdapter } from "@nin/software-adapter";
import type { Architecture } from "@nin/spec";
import { listDevices } from "./devices.js";
import { BACKEND_ID, compileModel } from "./model.js";
import type { DeviceId } from "./runtime/protocol.js";

const DEFAULT_MAX_BATCH = 128;
const DEVICE_IDS: readonly DeviceId[] = ["cpu", "webgpu", "cuda"];

/** NiN on stock ONNX Runtime: devices `cpu`, `webgpu`, `cuda`. */
export function createOnnxRuntimeBackend(): Backend {
  return { id: BACKEND_ID, devices: listDevices, compile };
}

async function compile(architecture: Architecture, options: CompileOptions = {}): Promise<Model> {
  const { device = "cpu", precision = "f32", maxBatch = DEFAULT_MAX_BATCH, threads } = options;
  const known = DEVICE_IDS.find((id) => id === device);
  if (known === undefined) {
    throw new UnsupportedError(BACKEND_ID, `device ${device}`, `one of ${DEVICE_IDS.join(", ")}`);
  }
  if (precision !== "f32") throw new UnsupportedError(BACKEND_ID, `precision ${precision}`, "f32");
  const listed = (await listDevices()).find(({ id }) => id === known);
  if (listed?.available !== true) {
    throw new DeviceUnavailableError(BACKEND_ID, known, listed?.reason ?? "it was not found");
  }
  // The worker inherits what the main thread prepared; it could not do it itself.
  if (known === "webgpu") await prepareSoftwareAdapter();
  return compileModel({
    architecture,
    device: known,
    maxBatch,
    threads: threads ?? availableParallelism(),
    ...(options.images === undefined ? {} : { images: options.images }),
  });
}
