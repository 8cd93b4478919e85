import type { ImageFormat } from "@nin/backend";
import {
  at,
  type InputSpec,
  perChannel,
  RESIZE_PRECISION_BITS,
  type ResizeAxis,
  resizeAxis,
} from "@nin/spec";
import { fromUserLayout } from "../operators/layout.js";
import { imageShape } from "../operators/window.js";
import type { DeviceTensor, TensorFlow } from "./tensorflow.js";

/**
 * Turns images in bytes into a network's input on the device: resized to its size (bit-exact with
 * Pillow), `byte / 255`, one channel repeated where the network takes more, then `(x - mean) / std`.
 *
 * Shapes: images NCHW in `format`, result NHWC of `input`.
 */
export function preprocess(
  tf: TensorFlow,
  images: Uint8Array,
  format: ImageFormat,
  input: InputSpec,
): DeviceTensor {
  const { channels, height, width } = format;
  const batch = images.length / (channels * height * width);
  const bytes: DeviceTensor = tf.tensor4d(new Float32Array(images), [batch, channels, height, width]);
  const widened = width === input.width ? bytes : resize(tf, bytes, resizeAxis(width, input.width), 3);
  const resized =
    height === input.height ? widened : resize(tf, widened, resizeAxis(height, input.height), 2);
  const scaled = tf.div(resized, tf.scalar(255));
  const nhwc = fromUserLayout(tf, scaled);
  const repeated = channels === input.channels ? nhwc : tf.tile(nhwc, [1, 1, 1, input.channels]);
  const mean = perChannel(format.preprocessing.mean, input.channels, "preprocessing.mean");
  const std = perChannel(format.preprocessing.std, input.channels, "preprocessing.std");
  if (mean.every((value) => value === 0) && std.every((value) => value === 1)) return repeated;
  return tf.div(tf.sub(repeated, tf.tensor1d([...mean])), tf.tensor1d([...std]));
}

/**
 * Resizes along one axis: a product with a matrix that has each output's window in a column. Coefficients have 22
 * fractional bits; their high 15 and low 7 are multiplied apart, so that every sum is a whole number that float32
 * holds exactly, on every device and in any order. (TensorFlow.js divides whole numbers in float32 on WebGPU.)
 * A window's coefficients add up to 2^22 and none is negative: no result passes 255.
 */
function resize(tf: TensorFlow, images: DeviceTensor, axis: ResizeAxis, dimension: 2 | 3): DeviceTensor {
  const high = matrixOf(tf, axis, (coefficient) => Math.floor(coefficient / LOW));
  const low = matrixOf(tf, axis, (coefficient) => coefficient % LOW);
  const along = (matrix: DeviceTensor): DeviceTensor => product(tf, images, matrix, dimension);
  const carried = tf.floor(tf.mul(along(low), 1 / LOW));
  const sum = tf.add(tf.add(along(high), carried), HIGH / 2);
  return tf.floor(tf.mul(sum, 1 / HIGH));
}

const LOW = 2 ** 7;
const HIGH = 2 ** RESIZE_PRECISION_BITS / LOW;

/** Shapes: [input size, output size]. */
function matrixOf(
  tf: TensorFlow,
  { inputSize, outputSize, taps, starts, coefficients }: ResizeAxis,
  part: (coefficient: number) => number,
): DeviceTensor {
  const values = new Float32Array(inputSize * outputSize);
  for (let o = 0; o < outputSize; o += 1) {
    for (let tap = 0; tap < taps; tap += 1) {
      values[(at(starts, o) + tap) * outputSize + o] = part(at(coefficients, o * taps + tap));
    }
  }
  return tf.tensor2d(values, [inputSize, outputSize]);
}

/** The images times a matrix along their width, or their height. Shapes: images NCHW. */
function product(tf: TensorFlow, images: DeviceTensor, matrix: DeviceTensor, dimension: 2 | 3): DeviceTensor {
  const [batch, channels, height, width] = imageShape(images.shape);
  const outputSize = at(matrix.shape, 1);
  if (dimension === 3) {
    const rows = tf.matMul(tf.reshape(images, [batch * channels * height, width]), matrix);
    return tf.reshape(rows, [batch, channels, height, outputSize]);
  }
  const planes = tf.reshape(images, [batch * channels, height, width]);
  const transposed = tf.tile(tf.expandDims(tf.transpose(matrix), 0), [batch * channels, 1, 1]);
  return tf.reshape(tf.matMul(transposed, planes), [batch, channels, outputSize, width]);
}
