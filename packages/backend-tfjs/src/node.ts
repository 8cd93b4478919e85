import type { Backend } from "@nin/backend";
import { createTensorFlowBackend } from "./backend.js";
import { nodeDevices } from "./devices/node-devices.js";

/** NiN on TensorFlow.js in Node, on this machine's devices. */
export function createNodeTensorFlowBackend(): Backend {
  return createTensorFlowBackend(nodeDevices());
}

export { nodeDevices } from "./devices/node-devices.js";
export { readLayersModel } from "./export/files.js";
export type { InstalledTensorFlow, TensorFlowVariant } from "./setup/installed.js";
export { SetupError } from "./setup/setup-error.js";
export type { SetupOptions, SetupProgress } from "./setup/setup-options.js";
export { removeTensorFlow, type SetupResult, setUpTensorFlow } from "./setup/setup-tensorflow.js";
