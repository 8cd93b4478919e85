import type { ImageFormat, Labels } from "@nin/backend";
import {
  type Augmentation,
  type AugmentationKey,
  type AugmentedSize,
  augmentImages,
  fillDropoutMask,
  type InputSpec,
  type Optimizer,
  type PrimitiveLayer,
} from "@nin/spec";
import { mathOf } from "./layers/index.js";
import type { LayerMath } from "./layers/layer-math.js";
import { type Loss, predictedClasses, softmaxCrossEntropy } from "./math/loss.js";
import { type OptimizerState, type StepPosition, stepOptimizer } from "./math/optimizer.js";
import { preprocess } from "./math/preprocess.js";
import type { DropoutMask } from "./network/network.js";
import type { Parameters64, Tensor64 } from "./tensors/tensor64.js";

/**
 * The math that a model is made of. A test replaces a part: dropout's masks by those of another
 * program, or any of them by one that is wrong on purpose.
 */
export interface ReferenceParts {
  /** The math of a layer, which has the name `net.0.2`. */
  readonly mathOf: (layer: PrimitiveLayer, name: string) => LayerMath<PrimitiveLayer>;
  /** Which units dropout keeps, for flat NCHW positions from `start`. */
  readonly dropoutMask: DropoutMask;
  /** Shapes: scores [N, classes]. */
  readonly loss: (scores: Tensor64, labels: Labels) => Loss;
  /** Shapes: scores [N, classes]. */
  readonly predictedClasses: (scores: Tensor64, batch: number) => readonly number[];
  /** The images of a batch as they are trained on. Shapes: images NCHW, positions in the data set [N]. */
  readonly augmentImages: (
    images: Uint8Array,
    size: AugmentedSize,
    augmentation: Augmentation,
    key: AugmentationKey,
    positions: Uint32Array,
  ) => Uint8Array;
  /** Shapes: images NCHW in `format`, result [N, C, H, W] of `input`. */
  readonly preprocess: (images: Uint8Array, format: ImageFormat, input: InputSpec) => Tensor64;
  /** One update: changes `parameters` and `state`. */
  readonly stepOptimizer: (
    optimizer: Optimizer,
    parameters: Parameters64,
    gradients: Parameters64,
    state: OptimizerState,
    position: StepPosition,
  ) => void;
}

/** The right ones. */
export const referenceParts: ReferenceParts = {
  mathOf,
  dropoutMask: fillDropoutMask,
  loss: softmaxCrossEntropy,
  predictedClasses,
  augmentImages,
  preprocess,
  stepOptimizer,
};
