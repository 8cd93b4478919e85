import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { gather, padAxis, reshape, slice, transpose } from "../graph/layout.js";
import { matMul, tallMatMul } from "../graph/matmul.js";
import { fromHwnc, imageExtents } from "../layouts/feature-map.js";
import type { Convolution, ConvolutionProgram } from "./convolution.js";
import { col2im, im2col } from "./im2col.js";

/** Any convolution: its windows are gathered into rows (im2col), then multiplied by the weight in one `MatMul`. */
export function im2colConvolution(task: Convolution): ConvolutionProgram {
  const { context, input, name, outChannels, kernelSize, stride, padding } = task;
  const { body, prologue } = context;
  const { microBatchSize, channels } = imageExtents(input);
  const weight = context.parameter(`${name}.weight`, [...kernelSize, channels, outChannels]);
  const columns = im2col(body, input, { kernelSize, stride, before: padding, after: padding });
  const { outHeight, outWidth, kernelWidth } = columns;
  const depth = kernelSize[0] * kernelWidth * channels;
  const matrix = reshape(prologue, padAxis(prologue, weight, 1, 0, kernelWidth - kernelSize[1]), [
    depth,
    outChannels,
  ]);
  return {
    output: reshape(body, matMul(body, columns.value, matrix), [
      outHeight,
      outWidth,
      microBatchSize,
      outChannels,
    ]),
    backward(outputGradient, wantsInputGradient) {
      const rows = reshape(body, outputGradient, [outHeight * outWidth * microBatchSize, outChannels]);
      const extents = [kernelSize[0], kernelWidth, channels, outChannels];
      context.gradient(`${name}.weight`, () =>
        slice(body, tallMatMul(body, columns.value, rows, extents), 1, 0, kernelSize[1]),
      );
      if (!wantsInputGradient) return undefined;
      const inputGradient =
        stride[0] === 1 && stride[1] === 1
          ? correlateFlipped(task, outputGradient, weight)
          : scatterWindows(task, rows, weight);
      return fromHwnc(body, inputGradient, input.layout);
    },
  };
}

/** For stride 1: im2col of the output's gradient times the weight rotated by 180 degrees. */
function correlateFlipped(task: Convolution, outputGradient: Value, weight: Value): Value {
  const { context, input, outChannels, kernelSize, padding } = task;
  const { body, prologue } = context;
  const { height, width, microBatchSize, channels } = imageExtents(input);
  const before = [kernelSize[0] - 1 - padding[0], kernelSize[1] - 1 - padding[1]] as const;
  const windows = im2col(
    body,
    { layout: "hwnc", value: outputGradient },
    { kernelSize, stride: [1, 1], before, after: before },
  );
  const flipped = flippedWeight(prologue, weight, kernelSize[0] * kernelSize[1], channels, outChannels);
  return reshape(body, matMul(body, windows.value, flipped), [height, width, microBatchSize, channels]);
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

/** For any stride: the gradient of every window, summed where windows overlap (col2im). */
function scatterWindows(task: Convolution, rows: Value, weight: Value): Value {
  const { context, input, outChannels, kernelSize } = task;
  const { channels } = imageExtents(input);
  const depth = kernelSize[0] * kernelSize[1] * channels;
  const matrix = reshape(context.prologue, weight, [depth, outChannels]);
  const columns = matMul(context.body, rows, matrix, { b: true });
  return col2im(context.body, columns, imageExtents(input), task);
}
