import { elementCount } from "../tensor.js";
import type { LayerKind } from "./layer-kind.js";

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
