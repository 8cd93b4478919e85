import { type Conv2d, present } from "@nin/spec";
import { type ImageExtents, imageExtents, type Tensor64, tensor64 } from "../tensors/tensor64.js";
import { col2imAdd, im2col } from "./im2col.js";
import type { LayerGradients, LayerMath, LayerOperands, LayerParameters, LayerValues } from "./layer-math.js";
import { addMatmul } from "./matmul.js";
import { windowCount } from "./window.js";

/**
 * Cross-correlation with zero padding:
 * `y[n,o,i,j] = bias[o] + sum over c,k,l of weight[o,c,k,l] * x[n,c,i*stride+k-padding,j*stride+l-padding]`.
 *
 * Image by image, as products with the matrix of the image's windows (taps x windows).
 *
 * Shapes: input [N, C, H, W], weight [O, C, K, L], bias [O], output [N, O, H', W'].
 */
export const conv2d: LayerMath<Conv2d> = { allocate, forward, backward };

function allocate(layer: Conv2d, input: Tensor64): LayerParameters {
  const { channels } = imageExtents(input);
  const weight = tensor64([layer.outChannels, channels, ...layer.kernelSize]);
  return layer.bias ? { weight, bias: tensor64([layer.outChannels]) } : { weight };
}

/** `output = weight [O, taps] columnMatrix [taps, windows] + bias`. */
export function forward(layer: Conv2d, input: Tensor64, operands: LayerOperands): Tensor64 {
  const extents = imageExtents(input);
  const rows = windowCount(extents.height, layer, 0);
  const columns = windowCount(extents.width, layer, 1);
  const output = tensor64([extents.batch, layer.outChannels, rows, columns]);
  if (operands.bias !== undefined) fillChannels(output, operands.bias);
  const { taps, windows, weight } = matrices(layer, extents, rows * columns, operands);
  const columnMatrix = new Float64Array(taps * windows);
  for (let n = 0; n < extents.batch; n += 1) {
    im2col(imageOf(input, n), extents, layer, { tapStride: windows, windowStride: 1 }, columnMatrix);
    const left = { data: weight.data, rowStride: taps, columnStride: 1 };
    const product = { rows: layer.outChannels, inner: taps, columns: windows };
    addMatmul(imageOf(output, n), left, columnMatrix, product);
  }
  return output;
}

/**
 * With g the output's gradient [O, windows]: the weight's is `g columnMatrix^T`, the columnMatrix
 * input's `weight^T g`, here transposed: `g^T weight`.
 */
export function backward(
  layer: Conv2d,
  outputGradient: Tensor64,
  { input }: LayerValues,
  operands: LayerOperands,
): LayerGradients {
  const extents = imageExtents(input);
  const { height, width } = imageExtents(outputGradient);
  const { taps, windows, weight } = matrices(layer, extents, height * width, operands);
  const inputGradient = tensor64(input.shape);
  const weightGradient = tensor64(weight.shape);
  const layout = { tapStride: 1, windowStride: taps };
  const columnMatrix = new Float64Array(windows * taps);
  for (let n = 0; n < extents.batch; n += 1) {
    const g = imageOf(outputGradient, n);
    im2col(imageOf(input, n), extents, layer, layout, columnMatrix);
    const rowsOfG = { data: g, rowStride: windows, columnStride: 1 };
    const forWeight = { rows: layer.outChannels, inner: windows, columns: taps };
    addMatmul(weightGradient.data, rowsOfG, columnMatrix, forWeight);

    columnMatrix.fill(0);
    const columnsOfG = { data: g, rowStride: 1, columnStride: windows };
    const forInput = { rows: windows, inner: layer.outChannels, columns: taps };
    addMatmul(columnMatrix, columnsOfG, weight.data, forInput);
    col2imAdd(columnMatrix, extents, layer, layout, imageOf(inputGradient, n));
  }
  const gradients = { input: inputGradient, weight: weightGradient };
  if (operands.bias === undefined) return gradients;
  return { ...gradients, bias: sumPerChannel(outputGradient) };
}

interface ConvolutionMatrices {
  /** Elements of a window: C*K*L. */
  readonly taps: number;
  /** Windows of an image: H'*W'. */
  readonly windows: number;
  readonly weight: Tensor64;
}

function matrices(
  { kernelSize: [kernelHeight, kernelWidth] }: Conv2d,
  { channels }: ImageExtents,
  windows: number,
  { weight }: LayerOperands,
): ConvolutionMatrices {
  if (weight === undefined) throw new RangeError("conv2d: expected a weight");
  return { taps: channels * kernelHeight * kernelWidth, windows, weight };
}

/** The elements of the n-th image, not copied. */
function imageOf({ shape, data }: Tensor64, n: number): Float64Array {
  const size = data.length / present(shape[0]);
  return data.subarray(n * size, (n + 1) * size);
}

function fillChannels(output: Tensor64, values: Tensor64): void {
  const { batch, channels, height, width } = imageExtents(output);
  const plane = height * width;
  for (let channel = 0; channel < batch * channels; channel += 1) {
    const value = present(values.data[channel % channels]);
    output.data.fill(value, channel * plane, (channel + 1) * plane);
  }
}

/** Shapes: gradient [N, O, H', W'], result [O]. */
function sumPerChannel(gradient: Tensor64): Tensor64 {
  const { channels, height, width } = imageExtents(gradient);
  const plane = height * width;
  const sums = tensor64([channels]);
  for (let start = 0; start < gradient.data.length; start += plane) {
    const channel = (start / plane) % channels;
    let sum = present(sums.data[channel]);
    for (let index = start; index < start + plane; index += 1) sum += Number(gradient.data[index]);
    sums.data[channel] = sum;
  }
  return sums;
}
