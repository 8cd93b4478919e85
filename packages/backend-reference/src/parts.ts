/**
 * The reference's own layers, optimizers and loss, for programs that replace one of them.
 *
 * @example
 * ```ts
 * import { layerMaths } from "@nin/backend-reference/parts";
 *
 * console.log(Object.keys(layerMaths));
 * ```
 *
 * @packageDocumentation
 */
export { layerMaths } from "./layers/index.js";
export type {
  LayerGradients,
  LayerMath,
  LayerOperands,
  LayerParameters,
  LayerValues,
} from "./layers/layer-math.js";
export { forEachWindow, type WindowElements } from "./layers/pool2d.js";
export type { Loss } from "./math/loss.js";
export type { OptimizerState, StepPosition } from "./math/optimizer.js";
export { type ReferenceParts, referenceParts } from "./reference-parts.js";
export {
  type ImageExtents,
  imageExtents,
  type Parameters64,
  type Tensor64,
  tensor64,
} from "./tensors/tensor64.js";
