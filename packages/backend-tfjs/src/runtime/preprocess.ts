import type { ImageFormat } from "@nin/backend";
import { type InputSpec, perChannel, RESIZE_PRECISION_BITS, type ResizeAxis, resizeAxis } from "@nin/spec";
import { fromUserLayout } from "./layout.js";
import type { DeviceTensor, TensorFlow } from "./tensorflow.js";

/**
 * Turns images in bytes into a network's input on the device: resized to its size in whole numbers (bit-exact
 * with Pillow), `byte / 255`, one channel repeated where the network takes more, then `(x - mean) / std`.
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
  const bytes: DeviceTensor = tf.tensor4d(new Int32Array(images), [batch, channels, height, width], "int32");
  const widened = width === input.width ? bytes : resize(tf, bytes, resizeAxis(width, input.width), 3);
  const resized =
    height === input.height ? widened : resize(tf, widened, resizeAxis(height, input.height), 2);
  const scaled = tf.div(tf.cast(resized, "float32"), tf.scalar(255));
  const nhwc = fromUserLayout(tf, scaled);
  const repeated = channels === input.channels ? nhwc : tf.tile(nhwc, [1, 1, 1, input.channels]);
  const mean = perChannel(format.preprocessing.mean, input.channels, "preprocessing.mean");
  const std = perChannel(format.preprocessing.std, input.channels, "preprocessing.std");
  if (mean.every((value) => value === 0) && std.every((value) => value === 1)) return repeated;
  return tf.div(tf.sub(repeated, tf.tensor1d([...mean])), tf.tensor1d([...std]));
}

/**
 * Resizes along one axis in int32: a window's coefficients add up to 2^22 and what they multiply is at most
 * 255, so that no sum passes 2^31, none is negative, and the division cuts off as Pillow's shift does.
 */
function resize(tf: TensorFlow, images: DeviceTensor, axis: ResizeAxis, dimension: 2 | 3): DeviceTensor {
  const { taps, starts, coefficients, outputSize } = axis;
  const rounding = tf.scalar(2 ** (RESIZE_PRECISION_BITS - 1), "int32");
  const shape = dimension === 3 ? [outputSize] : [outputSize, 1];
  const terms = Array.from({ length: taps }, (_, tap) => {
    const from = tf.tensor1d(
      starts.map((start) => start + tap),
      "int32",
    );
    const weight = tf.tensor(
      Int32Array.from({ length: outputSize }, (_value, o) => coefficients[o * taps + tap] ?? 0),
      shape,
      "int32",
    );
    return tf.mul(tf.gather(images, from, dimension), weight);
  });
  const sum = terms.reduce<DeviceTensor>((total, term) => tf.add(total, term), rounding);
  return tf.floorDiv(sum, tf.scalar(2 ** RESIZE_PRECISION_BITS, "int32"));
}
