import type { LayerKind } from "./layer-kind.js";
import { type Pool2d, parsePool2d, pool2dOutputShape } from "./pool2d.js";

/**
 * The mean of each window, zeros of the padding counted. A window that `ceilMode` lets run past
 * the padded input divides by its elements inside it only (PyTorch's rule).
 */
export interface AvgPool2d extends Pool2d {
  readonly kind: "avgPool2d";
}

export const avgPool2d: LayerKind<AvgPool2d> = {
  kind: "avgPool2d",
  parse: (fields) => ({ kind: "avgPool2d", ...parsePool2d(fields) }),
  outputShape: pool2dOutputShape,
  parameters: () => [],
  macs: () => 0,
};
