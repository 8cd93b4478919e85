import type { AvgPool2d, Size2d } from "@nin/spec";
import { withMargins, withoutMargins } from "../operators/margins.js";
import { hasMargins, type PlacedWindow, placeWindow } from "../operators/window.js";
import type { DeviceTensor, TensorFlow } from "../runtime/tensorflow.js";
import { imageSize, type LayerKernel, noParameters } from "./layer-kernel.js";

/**
 * The sum of each window over the number of its elements inside the padded input. The image is padded here:
 * TensorFlow's `same` divides by the elements inside the image, and TensorFlow.js's gradient of it by the
 * kernel's size (`cpu` and `webgpu` of 4.22). Its `valid` divides by that both ways, which is set right for
 * windows that `ceilMode` lets run past the padded input. Shapes: NHWC.
 */
export const avgPool2d: LayerKernel<AvgPool2d> = {
  allocate: noParameters,
  forward({ tf }, layer, input, _operands, training) {
    const size = imageSize(input.shape);
    const window = placed(layer, size);
    const padded = withMargins(tf, input, window, 0) as never;
    const mean = tf.avgPool(padded, window.kernelSize, window.stride, window.pad);
    return { output: corrected(tf, mean, layer, size), saved: training ? [tf.clone(padded)] : [] };
  },
  backward({ tf }, layer, { outputGradient, saved: [padded], inputShape }) {
    if (padded === undefined) throw new Error("tfjs: an average pool saved nothing");
    const size = imageSize(inputShape);
    const window = placed(layer, size);
    const gradient = tf
      .engine()
      .runKernel(
        tf.AvgPoolGrad,
        { dy: corrected(tf, outputGradient, layer, size), input: padded },
        { filterSize: window.kernelSize, strides: window.stride, pad: window.pad },
      ) as DeviceTensor;
    return { input: withoutMargins(tf, gradient, window, inputShape) };
  },
};

function placed(layer: AvgPool2d, size: Size2d): PlacedWindow {
  return placeWindow(layer, size, false);
}

/** Times the kernel's size over the window's own divisor, where they differ. */
function corrected(tf: TensorFlow, means: DeviceTensor, layer: AvgPool2d, size: Size2d): DeviceTensor {
  const window = placed(layer, size);
  if (!hasMargins(window)) return means;
  const rows = extentsInside(layer, size, window, 0);
  const columns = extentsInside(layer, size, window, 1);
  const kernel = layer.kernelSize[0] * layer.kernelSize[1];
  const factors = rows.flatMap((row) => columns.map((column) => kernel / (row * column)));
  if (factors.every((factor) => factor === 1)) return means;
  return tf.mul(means, tf.tensor4d(factors, [1, rows.length, columns.length, 1]));
}

function extentsInside(
  { stride, padding, kernelSize }: AvgPool2d,
  size: Size2d,
  { outputSize }: PlacedWindow,
  axis: 0 | 1,
): readonly number[] {
  return Array.from({ length: outputSize[axis] }, (_, index) => {
    const start = index * stride[axis] - padding[axis];
    return Math.min(start + kernelSize[axis], size[axis] + padding[axis]) - start;
  });
}
