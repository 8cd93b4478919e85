import type { MaxPool2d } from "@nin/spec";
import { withMargins, withoutMargins } from "../operators/margins.js";
import { placeWindow } from "../operators/window.js";
import { imageSize, type LayerKernel, noParameters } from "./layer-kernel.js";

/** The lowest float32: as good as minus infinity, and a number on every device. */
const LOWEST = -3.4028234663852886e38;

/** The largest value of each window; the first one in row-major order takes the gradient. Shapes: NHWC. */
export const maxPool2d: LayerKernel<MaxPool2d> = {
  allocate: noParameters,
  forward({ tf, operators }, layer, input, _operands, training) {
    const window = placeWindow(layer, imageSize(input.shape), operators.poolsPad);
    const { output, saved } = operators.maxPool(withMargins(tf, input, window, LOWEST), window);
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
