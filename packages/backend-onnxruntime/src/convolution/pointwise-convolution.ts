import { reshape } from "../graph/layout.js";
import { matMul, transposedProduct } from "../graph/matmul.js";
import { fromHwnc, imageExtents, toHwnc } from "../layouts/feature-map.js";
import type { Convolution, ConvolutionProgram } from "./convolution.js";

/**
 * A 1x1 convolution: one product, `y = x W` with x as [height * width * images, inChannels].
 * Its gradients are two more.
 */
export function pointwiseConvolution({ context, input, name, outChannels }: Convolution): ConvolutionProgram {
  const { body } = context;
  const { height, width, images, channels } = imageExtents(input);
  const rows = height * width * images;
  const weight = context.parameter(`${name}.weight`, [1, 1, channels, outChannels]);
  const matrix = reshape(context.prologue, weight, [channels, outChannels]);
  const x = reshape(body, toHwnc(body, input), [rows, channels]);
  const product = matMul(body, x, matrix);
  return {
    output: reshape(body, product, [height, width, images, outChannels]),
    backward(outputGradient, wantsInputGradient) {
      const gradient = reshape(body, outputGradient, [rows, outChannels]);
      const product = transposedProduct(body, x, gradient);
      context.gradient(`${name}.weight`, reshape(body, product, [1, 1, channels, outChannels]));
      if (!wantsInputGradient) return undefined;
      const inputGradient = matMul(body, gradient, matrix, { b: true });
      return fromHwnc(body, reshape(body, inputGradient, [height, width, images, channels]), input.layout);
    },
  };
}
