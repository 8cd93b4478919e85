import type { Conv2d } from "@nin/spec";
import { imageExtents, type Tensor64, tensor64 } from "../tensor64.js";
import type { LayerGradients, LayerMath, LayerOperands, LayerParameters, LayerValues } from "./layer-math.js";
import { windowCount, windowsWithTap } from "./window.js";

/**
 * Cross-correlation with zero padding:
 * `y[n,o,i,j] = bias[o] + sum over c,k,l of weight[o,c,k,l] * x[n,c,i*stride+k-padding,j*stride+l-padding]`.
 *
 * Shapes: input [N, C, H, W], weight [O, C, K, L], bias [O], output [N, O, H', W'].
 */
export const conv2d: LayerMath<Conv2d> = { allocate, forward, backward };

function allocate(layer: Conv2d, input: Tensor64): LayerParameters {
  const { channels } = imageExtents(input);
  const weight = tensor64([layer.outChannels, channels, ...layer.kernelSize]);
  return layer.bias ? { weight, bias: tensor64([layer.outChannels]) } : { weight };
}

export function forward(layer: Conv2d, input: Tensor64, operands: LayerOperands): Tensor64 {
  const output = emptyOutput(layer, input);
  const weight = weightOf(operands);
  if (operands.bias !== undefined) addBias(output, operands.bias);
  forEachTap(layer, input, output, (tap, at) => {
    addScaled(output.data, at.output, input.data, at.input, weight.data[tap] ?? 0);
  });
  return output;
}

export function backward(
  layer: Conv2d,
  outputGradient: Tensor64,
  { input }: LayerValues,
  operands: LayerOperands,
): LayerGradients {
  const weight = weightOf(operands);
  const inputGradient = tensor64(input.shape);
  const weightGradient = tensor64(weight.shape);
  forEachTap(layer, input, outputGradient, (tap, at) => {
    addScaled(inputGradient.data, at.input, outputGradient.data, at.output, weight.data[tap] ?? 0);
    const product = dot(outputGradient.data, at.output, input.data, at.input);
    weightGradient.data[tap] = (weightGradient.data[tap] ?? 0) + product;
  });
  const gradients = { input: inputGradient, weight: weightGradient };
  return operands.bias === undefined
    ? gradients
    : { ...gradients, bias: sumPerChannel(outputGradient, operands.bias) };
}

/** A grid of elements of one channel: `rows` x `columns`, from `start`. */
interface Grid {
  start: number;
  rows: number;
  columns: number;
  rowStride: number;
  columnStride: number;
}

/** The elements of an output channel that a weight contributes to, and those of the input it reads. */
interface TapGrids {
  readonly output: Grid;
  readonly input: Grid;
}

/** Visits every weight (by flat position) of every image, with the elements it connects. */
function forEachTap(
  layer: Conv2d,
  inputTensor: Tensor64,
  outputTensor: Tensor64,
  visit: (tap: number, at: TapGrids) => void,
): void {
  const input = imageExtents(inputTensor);
  const output = imageExtents(outputTensor);
  const [kernelHeight, kernelWidth] = layer.kernelSize;
  const [strideY, strideX] = layer.stride;
  const grids = {
    output: { start: 0, rows: 0, columns: 0, rowStride: output.width, columnStride: 1 },
    input: { start: 0, rows: 0, columns: 0, rowStride: strideY * input.width, columnStride: strideX },
  };
  for (let ky = 0; ky < kernelHeight; ky += 1) {
    const rows = windowsWithTap(ky, input.height, output.height, layer, 0);
    const inputRow = rows.start * strideY + ky - layer.padding[0];
    for (let kx = 0; kx < kernelWidth; kx += 1) {
      const columns = windowsWithTap(kx, input.width, output.width, layer, 1);
      const inputColumn = columns.start * strideX + kx - layer.padding[1];
      grids.output.rows = grids.input.rows = rows.end - rows.start;
      grids.output.columns = grids.input.columns = columns.end - columns.start;
      for (let n = 0; n < input.batch; n += 1) {
        for (let o = 0; o < output.channels; o += 1) {
          const outputRow = (n * output.channels + o) * output.height + rows.start;
          grids.output.start = outputRow * output.width + columns.start;
          for (let c = 0; c < input.channels; c += 1) {
            const row = (n * input.channels + c) * input.height + inputRow;
            grids.input.start = row * input.width + inputColumn;
            visit(((o * input.channels + c) * kernelHeight + ky) * kernelWidth + kx, grids);
          }
        }
      }
    }
  }
}

/** `target[to] += scale * source[from]` over two grids of equal size. */
function addScaled(target: Float64Array, to: Grid, source: Float64Array, from: Grid, scale: number): void {
  for (let y = 0; y < to.rows; y += 1) {
    let t = to.start + y * to.rowStride;
    let s = from.start + y * from.rowStride;
    for (let x = 0; x < to.columns; x += 1) {
      target[t] = (target[t] ?? 0) + scale * (source[s] ?? 0);
      t += to.columnStride;
      s += from.columnStride;
    }
  }
}

/** The sum of products over two grids of equal size. */
function dot(a: Float64Array, atA: Grid, b: Float64Array, atB: Grid): number {
  let sum = 0;
  for (let y = 0; y < atA.rows; y += 1) {
    let i = atA.start + y * atA.rowStride;
    let j = atB.start + y * atB.rowStride;
    for (let x = 0; x < atA.columns; x += 1) {
      sum += (a[i] ?? 0) * (b[j] ?? 0);
      i += atA.columnStride;
      j += atB.columnStride;
    }
  }
  return sum;
}

function emptyOutput(layer: Conv2d, input: Tensor64): Tensor64 {
  const { batch, height, width } = imageExtents(input);
  return tensor64([batch, layer.outChannels, windowCount(height, layer, 0), windowCount(width, layer, 1)]);
}

function addBias(output: Tensor64, bias: Tensor64): void {
  const { batch, channels, height, width } = imageExtents(output);
  const plane = height * width;
  for (let n = 0; n < batch; n += 1) {
    for (let c = 0; c < channels; c += 1) {
      const start = (n * channels + c) * plane;
      output.data.fill(bias.data[c] ?? 0, start, start + plane);
    }
  }
}

function sumPerChannel(gradient: Tensor64, like: Tensor64): Tensor64 {
  const { batch, channels, height, width } = imageExtents(gradient);
  const plane = height * width;
  const sums = tensor64(like.shape);
  for (let n = 0; n < batch; n += 1) {
    for (let c = 0; c < channels; c += 1) {
      const start = (n * channels + c) * plane;
      const values = gradient.data.subarray(start, start + plane);
      sums.data[c] = values.reduce((sum, value) => sum + value, sums.data[c] ?? 0);
    }
  }
  return sums;
}

function weightOf({ weight }: LayerOperands): Tensor64 {
  if (weight === undefined) throw new RangeError("conv2d: expected a weight");
  return weight;
}
