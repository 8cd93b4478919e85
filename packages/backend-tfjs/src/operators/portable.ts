import type { DeviceTensor, TensorFlow } from "../runtime/tensorflow.js";
import { withMargins, withoutMargins } from "./margins.js";
import type { Operators } from "./operators.js";
import type { PlacedWindow } from "./window.js";
import { type Matrices, zeroOrNan } from "./zero-or-nan.js";

/** The operators that every backend of TensorFlow.js has. */
export function portableOperators(tf: TensorFlow): Operators {
  const run = (
    kernel: string,
    inputs: Readonly<Record<string, DeviceTensor>>,
    attributes: Readonly<Record<string, unknown>>,
  ): DeviceTensor => tf.engine().runKernel(kernel, { ...inputs }, { ...attributes } as never) as DeviceTensor;
  const convolution = ({ stride, pad }: PlacedWindow): Record<string, unknown> => ({
    strides: stride,
    pad,
    dataFormat: "NHWC",
  });
  const pool = ({ kernelSize, stride, pad }: PlacedWindow): Record<string, unknown> => ({
    filterSize: kernelSize,
    strides: stride,
    pad,
  });
  const matrices: Matrices = {
    product: (a, b) => tf.matMul(a, b),
    reshape: (tensor, shape) => tf.reshape(tensor, shape),
    zeros: (shape) => tf.zeros(shape),
  };
  return {
    enter: (_kind, value) => value,
    toFloat32: (value) => value,
    pad: (image, window, value) => withMargins(tf, image, window, value),
    unpad: (image, window, size) => withoutMargins(tf, image, window, size),
    poolsPad: true,
    keepNan: (pooled, image) => tf.add(pooled, zeroOrNan(matrices, image)),
    convolve(x, filter, bias, window) {
      const output = run(tf.Conv2D, { x, filter }, { ...convolution(window), dilations: 1 });
      return bias === undefined ? output : tf.add(output, bias);
    },
    weightGradient: (x, dy, window, filterShape) =>
      run(tf.Conv2DBackpropFilter, { x, dy }, { ...convolution(window), filterShape: [...filterShape] }),
    inputGradient: (filter, dy, window, inputShape) =>
      run(tf.Conv2DBackpropInput, { dy, filter }, { ...convolution(window), inputShape: [...inputShape] }),
    biasGradient: (dy) => sumToLastAxis(tf, dy),
    relu: (x) => tf.relu(x),
    reluGradient: (dy, y) => tf.mul(dy, tf.step(y)),
    maxPool(x, window) {
      const output = run(tf.MaxPool, { x }, pool(window));
      return { output, saved: [tf.clone(x), tf.clone(output)] };
    },
    maxPoolGradient(dy, [input, output], window) {
      if (input === undefined || output === undefined) throw new Error("tfjs: a max pool saved nothing");
      return run(tf.MaxPoolGrad, { dy, input, output }, pool(window));
    },
  };
}

/**
 * The sum over all axes but the last, one axis after another. TensorFlow's own operator sums all axes at
 * once, adding thousands of terms one by one: the rounding errors show where the sum is small.
 */
function sumToLastAxis(tf: TensorFlow, values: DeviceTensor): DeviceTensor {
  let sum = values;
  while (sum.shape.length > 1) sum = tf.sum(sum, sum.shape.length > 2 ? 1 : 0);
  return sum;
}
