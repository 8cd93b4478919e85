import type { MaxPool2d } from "@nin/spec";
import { placeWindow } from "../operators/window.js";
import { imageSize, type LayerKernel, noParameters } from "./layer-kernel.js";

/**
 * The largest value of each window; the first one in row-major order takes the gradient. Where the device's own pool
 * may lose a NaN, what is not finite makes NaN of its image. Shapes: NHWC.
 */
export const maxPool2d: LayerKernel<MaxPool2d> = {
  allocate: noParameters,
  forward({ tf, operators }, layer, input, _operands, training) {
    const window = placeWindow(layer, imageSize(input.shape), operators.poolsPad);
    const padded = operators.pad(input, window, Number.NEGATIVE_INFINITY);
    const { output: pooled, saved } = operators.maxPool(padded, window);
    const output = operators.keepNan(pooled, input);
    if (training) return { output, saved };
    tf.dispose([...saved]);
    return { output, saved: [] };
  },
  backward({ operators }, layer, { outputGradient, saved, inputShape }) {
    const window = placeWindow(layer, imageSize(inputShape), operators.poolsPad);
    const gradient = operators.maxPoolGradient(outputGradient, saved, window);
    return { input: operators.unpad(gradient, window, inputShape) };
  },
};
