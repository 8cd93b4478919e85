import type { MaxPool2d } from "@nin/spec";
import { withMargins, withoutMargins } from "../operators/margins.js";
import { placeWindow } from "../operators/window.js";
import type { DeviceTensor, TensorFlow } from "../runtime/tensorflow.js";
import { imageSize, type LayerKernel, noParameters } from "./layer-kernel.js";

/**
 * The largest value of each window; the first one in row-major order takes the gradient. Where the device's own pool
 * may lose a NaN, what is not finite makes NaN of its channel of its image. Shapes: NHWC.
 */
export const maxPool2d: LayerKernel<MaxPool2d> = {
  allocate: noParameters,
  forward({ tf, operators }, layer, input, _operands, training) {
    const window = placeWindow(layer, imageSize(input.shape), operators.poolsPad);
    const padded = withMargins(tf, input, window, Number.NEGATIVE_INFINITY);
    const { output: pooled, saved } = operators.maxPool(padded, window);
    const output = operators.poolsKeepNan ? pooled : tf.add(pooled, zeroOrNan(tf, input));
    if (training) return { output, saved };
    tf.dispose([...saved]);
    return { output, saved: [] };
  },
  backward({ tf, operators }, layer, { outputGradient, saved, inputShape }) {
    const window = placeWindow(layer, imageSize(inputShape), operators.poolsPad);
    const gradient = operators.maxPoolGradient(outputGradient, saved, window);
    return { input: withoutMargins(tf, gradient, window, inputShape) };
  },
};

/** For each channel of each image 0, or NaN where something is not finite: 0 times NaN is NaN. Shapes: NHWC to [N, 1, 1, C]. */
function zeroOrNan(tf: TensorFlow, image: DeviceTensor): DeviceTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = image.shape;
  const pixels = tf.reshape(image, [batch, height * width, channels]);
  const sums = tf.matMul(tf.zeros([1, 1, height * width]), pixels);
  return tf.reshape(sums, [batch, 1, 1, channels]);
}
