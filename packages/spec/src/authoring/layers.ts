import type { Conv2dFields } from "../layers/conv2d.js";
import type { DropoutFields } from "../layers/dropout.js";
import type { LayerKindName } from "../layers/index.js";
import type { LinearFields } from "../layers/linear.js";
import type { NinBlockFields } from "../layers/nin-block.js";
import type { Pool2dFields } from "../layers/pool2d.js";

/** What an author writes of each kind of layer, apart from its `kind`. */
interface LayerFields {
  ninBlock: NinBlockFields;
  conv2d: Conv2dFields;
  relu: object;
  maxPool2d: Pool2dFields;
  avgPool2d: Pool2dFields;
  globalAvgPool2d: object;
  dropout: DropoutFields;
  flatten: object;
  linear: LinearFields;
}

/** An entry of `layers` as an author writes it: fields that have a default may be missing. */
export type LayerDefinition = {
  [Kind in LayerKindName]: { readonly kind: Kind } & Readonly<LayerFields[Kind]>;
}[LayerKindName];

/**
 * A convolution and one more for each entry of `mlpChannels`, each followed by a ReLU.
 *
 * @example
 * ```ts
 * ninBlock({ outChannels: 96, kernelSize: 11, stride: 4 });
 * ```
 */
export const ninBlock = (fields: NinBlockFields): LayerDefinition => ({ kind: "ninBlock", ...fields });

/** A convolution with zero padding, without an activation. */
export const conv2d = (fields: Conv2dFields): LayerDefinition => ({ kind: "conv2d", ...fields });

/** `max(x, 0)`. */
export const relu = (): LayerDefinition => ({ kind: "relu" });

/** The largest value of each window. */
export const maxPool2d = (fields: Pool2dFields): LayerDefinition => ({ kind: "maxPool2d", ...fields });

/** The mean of each window, zeros of the padding counted. */
export const avgPool2d = (fields: Pool2dFields): LayerDefinition => ({ kind: "avgPool2d", ...fields });

/** The mean of each channel: [N, C, H, W] to [N, C, 1, 1]. */
export const globalAvgPool2d = (): LayerDefinition => ({ kind: "globalAvgPool2d" });

/** Zeroes values with probability `rate` while training, and scales the others by `1 / (1 - rate)`. */
export const dropout = (fields: DropoutFields): LayerDefinition => ({ kind: "dropout", ...fields });

/** [N, C, H, W] to [N, C * H * W], row-major. */
export const flatten = (): LayerDefinition => ({ kind: "flatten" });

/** A fully connected layer on [N, features]. */
export const linear = (fields: LinearFields): LayerDefinition => ({ kind: "linear", ...fields });
