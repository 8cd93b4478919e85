import { reshape } from "../graph/layout.js";
import { matMul, tallMatMul } from "../graph/matmul.js";
import { fromHwnc, imageExtents, toHwnc } from "../layouts/feature-map.js";
import type { Convolution, ConvolutionProgram } from "./convolution.js";

/**
 * A 1x1 convolution: one `MatMul`, `y = x W` with x as [height * width * images, inChannels].
 * Its gradients are two more.
 */
export function pointwiseConvolution({ context, input, name, outChannels }: Convolution): ConvolutionProgram {
  const { body } = context;
  const { height, width, microBatchSize, channels } = imageExtents(input);
  const rows = height * width * microBatchSize;
  const weight = context.parameter(`${name}.weight`, [1, 1, channels, outChannels]);
  const matrix = reshape(context.prologue, weight, [channels, outChannels]);
  const x = reshape(body, toHwnc(body, input), [rows, channels]);
  const y = matMul(body, x, matrix);
  return {
    output: reshape(body, y, [height, width, microBatchSize, outChannels]),
    backward(outputGradient, wantsInputGradient) {
      const gradient = reshape(body, outputGradient, [rows, outChannels]);
      context.gradient(`${name}.weight`, () => tallMatMul(body, x, gradient, [1, 1, channels, outChannels]));
      if (!wantsInputGradient) return undefined;
      const inputGradient = matMul(body, gradient, matrix, { b: true });
      const image = reshape(body, inputGradient, [height, width, microBatchSize, channels]);
      return fromHwnc(body, image, input.layout);
    },
  };
}
