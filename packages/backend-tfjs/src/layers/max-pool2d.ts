import type { MaxPool2d } from "@nin/spec";
import { withMargins, withoutMargins } from "../operators/margins.js";
import { imageShape, placeWindow } from "../operators/window.js";
import type { DeviceTensor, TensorFlow } from "../runtime/tensorflow.js";
import { imageSize, type LayerKernel, noParameters } from "./layer-kernel.js";

/**
 * The largest value of each window; the first one in row-major order takes the gradient. Where the device's own pool
 * may lose a NaN, what is not finite makes NaN of its image. Shapes: NHWC.
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

/**
 * For each image 0, or NaN where something is not finite: 0 times NaN is NaN. In two products, of which the first reads
 * the image once, in its order. Shapes: NHWC to [N, 1, 1, 1].
 */
function zeroOrNan(tf: TensorFlow, image: DeviceTensor): DeviceTensor {
  const [batch, height, width, channels] = imageShape(image.shape);
  const pixels = height * width;
  const ofPixels = tf.matMul(tf.reshape(image, [batch * pixels, channels]), tf.zeros([channels, 1]));
  const ofImages = tf.matMul(tf.reshape(ofPixels, [batch, pixels]), tf.zeros([pixels, 1]));
  return tf.reshape(ofImages, [batch, 1, 1, 1]);
}
