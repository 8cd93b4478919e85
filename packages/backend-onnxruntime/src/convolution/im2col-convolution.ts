import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { gather, padAxis, reshape, slice, transpose } from "../graph/layout.js";
import { matMul, transposedProduct } from "../graph/matmul.js";
import { fromHwnc, imageExtents } from "../layouts/feature-map.js";
import { col2im } from "./col2im.js";
import type { Convolution, ConvolutionProgram } from "./convolution.js";
import { im2col } from "./im2col.js";

/** Any convolution: its windows gathered into rows, then one product. */
export function im2colConvolution(task: Convolution): ConvolutionProgram {
  const { context, input, name, outChannels, kernelSize, stride, padding } = task;
  const { body, prologue } = context;
  const { images, channels } = imageExtents(input);
  const weight = context.parameter(`${name}.weight`, [...kernelSize, channels, outChannels]);
  const columns = im2col(body, input, { kernelSize, stride, before: padding, after: padding });
  const { outHeight, outWidth, kernelWidth } = columns;
  const depth = kernelSize[0] * kernelWidth * channels;
  const matrix = reshape(prologue, padAxis(prologue, weight, 1, 0, kernelWidth - kernelSize[1]), [
    depth,
    outChannels,
  ]);
  return {
    output: reshape(body, matMul(body, columns.value, matrix), [outHeight, outWidth, images, outChannels]),
    backward(outputGradient, wantsInputGradient) {
      const rows = reshape(body, outputGradient, [outHeight * outWidth * images, outChannels]);
      const product = transposedProduct(body, columns.value, rows);
      const wide = reshape(body, product, [kernelSize[0], kernelWidth, channels, outChannels]);
      context.gradient(`${name}.weight`, slice(body, wide, 1, 0, kernelSize[1]));
      if (!wantsInputGradient) return undefined;
      const inputGradient =
        stride[0] === 1 && stride[1] === 1
          ? correlateFlipped(task, outputGradient, weight)
          : scatterColumns(task, rows, weight);
      return fromHwnc(body, inputGradient, input.layout);
    },
  };
}

/** With stride 1: the output gradient's windows times the weight turned by 180 degrees. */
function correlateFlipped(task: Convolution, outputGradient: Value, weight: Value): Value {
  const { context, input, outChannels, kernelSize, padding } = task;
  const { body, prologue } = context;
  const { height, width, images, channels } = imageExtents(input);
  const before = [kernelSize[0] - 1 - padding[0], kernelSize[1] - 1 - padding[1]] as const;
  const windows = im2col(
    body,
    { layout: "hwnc", value: outputGradient },
    { kernelSize, stride: [1, 1], before, after: before },
  );
  const flipped = flippedWeight(prologue, weight, kernelSize[0] * kernelSize[1], channels, outChannels);
  return reshape(body, matMul(body, windows.value, flipped), [height, width, images, channels]);
}

/** [taps * out, in], taps in reverse order. */
function flippedWeight(
  graph: GraphBuilder,
  weight: Value,
  taps: number,
  channels: number,
  outChannels: number,
): Value {
  const byTap = reshape(graph, weight, [taps, channels, outChannels]);
  const reversed = gather(
    graph,
    byTap,
    Int32Array.from({ length: taps }, (_, tap) => taps - 1 - tap),
    0,
  );
  return reshape(graph, transpose(graph, reversed, [0, 2, 1]), [taps * outChannels, channels]);
}

/** With any stride: every window's gradient, added up where windows overlap. */
function scatterColumns(task: Convolution, rows: Value, weight: Value): Value {
  const { context, input, outChannels, kernelSize } = task;
  const { channels } = imageExtents(input);
  const depth = kernelSize[0] * kernelSize[1] * channels;
  const matrix = reshape(context.prologue, weight, [depth, outChannels]);
  const columns = matMul(context.body, rows, matrix, { b: true });
  return col2im(context.body, columns, imageExtents(input), task);
}
