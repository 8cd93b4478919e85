import type { GlobalAvgPool2d } from "@nin/spec";
import { imageSize, type LayerKernel, noParameters } from "./layer-kernel.js";

/** The mean of each channel. Shapes: input [N, H, W, C], output [N, 1, 1, C]. */
export const globalAvgPool2d: LayerKernel<GlobalAvgPool2d> = {
  allocate: noParameters,
  forward: ({ tf }, _layer, input) => ({ output: tf.mean(input, [1, 2], true), saved: [] }),
  backward({ tf }, _layer, { outputGradient, inputShape }) {
    const [height, width] = imageSize(inputShape);
    return { input: tf.mul(outputGradient, tf.fill([1, height, width, 1], 1 / (height * width))) };
  },
};
