import type { ImageFormat } from "@nin/backend";
import {
  at,
  type InputSpec,
  perChannel,
  RESIZE_PRECISION_BITS,
  type ResizeAxis,
  resizeAxis,
} from "@nin/spec";
import { add, cast, divide, floor, multiply, subtract } from "../graph/arithmetic.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { concat, extentsOf } from "../graph/layout.js";
import { matMul } from "../graph/matmul.js";

/** Coefficients are split at this bit into two halves, so that float32 holds every partial sum exactly. */
const LOW_BITS = 11;

/**
 * Bytes to network input: Pillow's bilinear resize, bit-exact, then `x / 255`, then
 * `(x - mean) / std`.
 *
 * @param images [images, channels, height, width], bytes
 * @returns [images, network channels, network height, network width], float32
 */
export function preprocess(graph: GraphBuilder, images: Value, format: ImageFormat, input: InputSpec): Value {
  const bytes = cast(graph, images, "float32");
  const wide = resizeLast(graph, bytes, resizeAxis(format.width, input.width));
  const resized = resizeSecondLast(graph, wide, resizeAxis(format.height, input.height));
  const scaled = divide(graph, resized, 255);
  const [, channels] = extentsOf(scaled, 4);
  const repeated =
    channels === input.channels
      ? scaled
      : concat(
          graph,
          Array.from({ length: input.channels }, () => scaled),
          1,
        );
  return normalize(graph, repeated, format, input.channels);
}

function normalize(graph: GraphBuilder, x: Value, format: ImageFormat, channels: number): Value {
  const { mean, std } = format.preprocessing;
  const constant = (value: number | readonly number[], path: string): Value =>
    graph.constant(Float32Array.from(perChannel(value, channels, path)), [channels, 1, 1]);
  const isNeutral = (value: number | readonly number[], neutral: number): boolean =>
    [value].flat().every((item) => item === neutral);
  const centered = isNeutral(mean, 0) ? x : subtract(graph, x, constant(mean, "preprocessing.mean"));
  return isNeutral(std, 1) ? centered : divide(graph, centered, constant(std, "preprocessing.std"));
}

function resizeLast(graph: GraphBuilder, x: Value, axis: ResizeAxis): Value {
  if (axis.inputSize === axis.outputSize) return x;
  return roundFixedPoint(graph, axis, (matrix) =>
    matMul(graph, x, graph.constant(transpose(matrix, axis), [axis.inputSize, axis.outputSize])),
  );
}

function resizeSecondLast(graph: GraphBuilder, x: Value, axis: ResizeAxis): Value {
  if (axis.inputSize === axis.outputSize) return x;
  return roundFixedPoint(graph, axis, (matrix) =>
    matMul(graph, graph.constant(matrix, [axis.outputSize, axis.inputSize]), x),
  );
}

/**
 * `(sum + 2^21) >> 22`, with the sum of fixed-point products in two parts:
 * `floor((high + 2^10 + floor(low / 2^11)) / 2^11)`. All are integers below 2^24, so that float32
 * arithmetic is exact, also where products are rounded to 10 bits (TF32): bytes have 8.
 */
function roundFixedPoint(
  graph: GraphBuilder,
  axis: ResizeAxis,
  productWith: (matrix: Float32Array) => Value,
): Value {
  const { high, low } = splitCoefficients(axis);
  const unit = 2 ** LOW_BITS;
  const half = 2 ** (RESIZE_PRECISION_BITS - LOW_BITS - 1);
  const highSum = productWith(high);
  const carried = low.some((value) => value !== 0)
    ? add(graph, highSum, floor(graph, multiply(graph, productWith(low), 1 / unit)))
    : highSum;
  return floor(
    graph,
    multiply(graph, add(graph, carried, half), 1 / 2 ** (RESIZE_PRECISION_BITS - LOW_BITS)),
  );
}

/** Dense [outputSize, inputSize] matrices of the coefficients' high and low bits. */
function splitCoefficients(axis: ResizeAxis): { readonly high: Float32Array; readonly low: Float32Array } {
  const high = new Float32Array(axis.outputSize * axis.inputSize);
  const low = new Float32Array(axis.outputSize * axis.inputSize);
  const unit = 2 ** LOW_BITS;
  for (let output = 0; output < axis.outputSize; output += 1) {
    for (let tap = 0; tap < axis.taps; tap += 1) {
      const coefficient = at(axis.coefficients, output * axis.taps + tap);
      const position = output * axis.inputSize + at(axis.starts, output) + tap;
      high[position] = Math.floor(coefficient / unit);
      low[position] = coefficient % unit;
    }
  }
  return { high, low };
}

function transpose(matrix: Float32Array, { inputSize, outputSize }: ResizeAxis): Float32Array {
  return Float32Array.from({ length: matrix.length }, (_, index) =>
    at(matrix, (index % outputSize) * inputSize + Math.floor(index / outputSize)),
  );
}
