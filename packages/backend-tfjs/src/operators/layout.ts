import { at, type Shape } from "@nin/spec";
import type { DeviceTensor, TensorFlow } from "../runtime/tensorflow.js";
import { imageShape } from "./window.js";

/** [N, C, H, W] of an NHWC tensor's shape; that of a matrix as it is. */
export function userShape(shape: readonly number[]): Shape {
  if (shape.length !== 4) return [...shape];
  const [batch, height, width, channels] = imageShape(shape);
  return [batch, channels, height, width];
}

/** NHWC to NCHW; a matrix stays. The result is a tensor of its own. */
export function toUserLayout(tf: TensorFlow, value: DeviceTensor): DeviceTensor {
  if (value.shape.length !== 4) return tf.clone(value);
  const [batch, height, width, channels] = imageShape(value.shape);
  const shape = [batch, channels, height, width];
  return keepsOrder(height * width, channels) ? tf.reshape(value, shape) : tf.transpose(value, [0, 3, 1, 2]);
}

/** NCHW to NHWC; a matrix stays. The result is a tensor of its own. */
export function fromUserLayout(tf: TensorFlow, value: DeviceTensor): DeviceTensor {
  if (value.shape.length !== 4) return tf.clone(value);
  const [batch, channels, height, width] = imageShape(value.shape);
  const shape = [batch, height, width, channels];
  return keepsOrder(height * width, channels) ? tf.reshape(value, shape) : tf.transpose(value, [0, 2, 3, 1]);
}

/** Row-major NCHW of each image. Shapes: [N, H, W, C] to [N, C*H*W]; a matrix stays. */
export function flattenImages(tf: TensorFlow, value: DeviceTensor): DeviceTensor {
  const batch = at(value.shape, 0);
  return tf.reshape(toUserLayout(tf, value), [batch, value.size / batch]);
}

/** The way back of `flattenImages`, to a tensor of `shape`, NHWC. */
export function imagesFromFlat(tf: TensorFlow, flat: DeviceTensor, shape: readonly number[]): DeviceTensor {
  return fromUserLayout(tf, tf.reshape(flat, [...userShape(shape)]));
}

/** OIHW of an HWIO weight's shape; that of any other parameter as it is. */
export function parameterShape(shape: readonly number[]): Shape {
  if (shape.length !== 4) return [...shape];
  const [height, width, inChannels, outChannels] = imageShape(shape);
  return [outChannels, inChannels, height, width];
}

/** HWIO to OIHW; other parameters stay. */
export function toParameterLayout(tf: TensorFlow, parameter: DeviceTensor): DeviceTensor {
  return parameter.shape.length === 4 ? tf.transpose(parameter, [3, 2, 0, 1]) : tf.clone(parameter);
}

/** OIHW to HWIO; other parameters stay. */
export function fromParameterLayout(tf: TensorFlow, parameter: DeviceTensor): DeviceTensor {
  return parameter.shape.length === 4 ? tf.transpose(parameter, [2, 3, 1, 0]) : tf.clone(parameter);
}

/** With one pixel or one channel both layouts have the same order in memory. */
function keepsOrder(pixels: number, channels: number): boolean {
  return pixels === 1 || channels === 1;
}
