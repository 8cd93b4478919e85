/**
 * TensorFlow.js in Node.
 *
 * @example
 * ```ts
 * import { createNodeTensorFlowBackend } from "@nin/backend-tfjs/node";
 *
 * const devices = await createNodeTensorFlowBackend().devices();
 * console.log(devices.map(({ id, available }) => `${id}: ${available}`));
 * ```
 *
 * @packageDocumentation
 */
import type { Backend } from "@nin/backend";
import { createTensorFlowBackend } from "./backend.js";
import { nodeDevices } from "./devices/node-devices.js";

/**
 * NiN on TensorFlow.js in Node: devices `tensorflow`, `webgpu`, `cpu`. It needs the package `@tensorflow/tfjs-core`; for
 * `cpu` also `@tensorflow/tfjs-backend-cpu`; for `webgpu` also `@tensorflow/tfjs-backend-webgpu`, `webgpu` (Dawn) and
 * `@nin/vulkan-driver`; for `tensorflow` also what `nin setup tensorflow` makes, or `@tensorflow/tfjs-node`.
 *
 * @example
 * import { createNodeTensorFlowBackend } from "@nin/backend-tfjs/node";
 * import { builtinArchitecture } from "@nin/spec";
 *
 * const model = await createNodeTensorFlowBackend().compile(builtinArchitecture("nin-mnist"), { device: "cpu" });
 */
export function createNodeTensorFlowBackend(): Backend {
  return createTensorFlowBackend(nodeDevices());
}

export type { InstalledTensorFlow, TensorFlowVariant } from "./devices/installed.js";
export { nodeDevices } from "./devices/node-devices.js";
export { readLayersModel, readLayersModelMetadata } from "./export/files.js";
export { SetupError } from "./setup/setup-error.js";
export {
  removeTensorFlow,
  type SetupOptions,
  type SetupProgress,
  type SetupResult,
  setUpTensorFlow,
} from "./setup/setup-tensorflow.js";
