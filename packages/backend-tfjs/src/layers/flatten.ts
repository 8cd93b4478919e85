import type { Flatten } from "@nin/spec";
import { flattenImages, imagesFromFlat } from "../operators/layout.js";
import { type LayerKernel, noParameters } from "./layer-kernel.js";

/** Row-major NCHW, whatever the layout inside. Shapes: input [N, H, W, C] or [N, F], output [N, C*H*W]. */
export const flatten: LayerKernel<Flatten> = {
  allocate: noParameters,
  forward: ({ tf }, _layer, input) => ({ output: flattenImages(tf, input), saved: [] }),
  backward: ({ tf }, _layer, { outputGradient, inputShape }) => ({
    input: imagesFromFlat(tf, outputGradient, inputShape),
  }),
};
