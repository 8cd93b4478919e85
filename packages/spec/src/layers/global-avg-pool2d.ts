import type { LayerKind } from "./layer-kind.js";
import { imageShape } from "./window.js";

/** The mean of each channel: N,C,H,W to N,C,1,1. */
export interface GlobalAvgPool2d {
  readonly kind: "globalAvgPool2d";
}

export const globalAvgPool2d: LayerKind<GlobalAvgPool2d> = {
  kind: "globalAvgPool2d",
  parse: () => ({ kind: "globalAvgPool2d" }),
  outputShape: (_layer, input, path) => [imageShape(input, path)[0], 1, 1],
  parameters: () => [],
  macs: () => 0,
};
