import type { LayerKind } from "./layer-kind.js";
import { elementCount } from "./tensor.js";

/** N,C,H,W to N,C*H*W, row-major. */
export interface Flatten {
  readonly kind: "flatten";
}

export const flatten: LayerKind<Flatten> = {
  kind: "flatten",
  parse: () => ({ kind: "flatten" }),
  outputShape: (_layer, input) => [elementCount(input)],
  parameters: () => [],
  macs: () => 0,
};
