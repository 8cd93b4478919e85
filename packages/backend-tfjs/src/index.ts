/**
 * The core of the TensorFlow.js backend, which is given its namespace.
 *
 * @example
 * ```ts
 * import { createTensorFlowBackend } from "@nin/backend-tfjs";
 * import { nodeDevices } from "@nin/backend-tfjs/node";
 *
 * const backend = createTensorFlowBackend(nodeDevices());
 * console.log(backend.id);
 * ```
 *
 * @packageDocumentation
 */
export { createTensorFlowBackend, type OpenOptions, type RuntimeSource } from "./backend.js";
export { exportLayersModel } from "./export/export-layers-model.js";
export { importLayersModel } from "./export/import-layers-model.js";
export {
  type LayersModel,
  LayersModelError,
  type LayersModelJson,
  WEIGHTS_FILE,
} from "./export/layers-model.js";
export type { MaxPooled, Operators } from "./operators/operators.js";
export { portableOperators } from "./operators/portable.js";
export type { Margins, PlacedWindow } from "./operators/window.js";
export { Runtime, type RuntimeOptions } from "./runtime/runtime.js";
export type { DeviceTensor, TensorFlow } from "./runtime/tensorflow.js";
