import type { GlobalAvgPool2d } from "@nin/spec";
import { reshape } from "../graph/layout.js";
import { matMul } from "../graph/matmul.js";
import { fromHwnc, imageExtents, toHwnc } from "../layouts/feature-map.js";
import type { Formulation } from "./layer-program.js";

/** The mean of each channel, by a `MatMul` with a row of `1 / (height * width)`. */
export const globalAvgPool2d: Formulation<GlobalAvgPool2d> = ({ body }, _placed, input) => {
  const { height, width, microBatchSize, channels } = imageExtents(input);
  const pixels = height * width;
  const weights = new Float32Array(pixels).fill(1 / pixels);
  const x = reshape(body, toHwnc(body, input), [pixels, microBatchSize * channels]);
  const mean = matMul(body, body.constant(weights, [1, pixels]), x);
  return {
    output: { layout: "hwnc", value: reshape(body, mean, [1, 1, microBatchSize, channels]) },
    backward(gradient, wantsInputGradient) {
      if (!wantsInputGradient) return undefined;
      const row = reshape(body, gradient, [1, microBatchSize * channels]);
      const spread = matMul(body, body.constant(weights, [pixels, 1]), row);
      return fromHwnc(body, reshape(body, spread, [height, width, microBatchSize, channels]), input.layout);
    },
  };
};
