import type { LayerKind } from "./layer-kind.js";
import { type Pool2d, parsePool2d, pool2dOutputShape } from "./pool2d.js";

/**
 * The largest value of each window, padded with minus infinity. Of equal maxima the first in
 * row-major order takes the gradient.
 */
export interface MaxPool2d extends Pool2d {
  readonly kind: "maxPool2d";
}

export const maxPool2d: LayerKind<MaxPool2d> = {
  kind: "maxPool2d",
  parse: (fields) => ({ kind: "maxPool2d", ...parsePool2d(fields) }),
  outputShape: pool2dOutputShape,
  parameters: () => [],
  macs: () => 0,
};
