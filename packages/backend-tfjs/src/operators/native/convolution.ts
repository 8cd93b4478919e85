import { at } from "@nin/spec";
import type { DeviceTensor, TensorFlow } from "../../runtime/tensorflow.js";
import type { Operators } from "../operators.js";
import type { PlacedWindow } from "../window.js";
import type { Attribute, NativeExecutor } from "./native-executor.js";

type Convolutions = Pick<Operators, "convolve" | "weightGradient" | "inputGradient">;

/** Convolutions on native TensorFlow, the bias added in the same pass where the library can. */
export function nativeConvolution(tf: TensorFlow, executor: NativeExecutor): Convolutions {
  const float = executor.type("T", "float32");
  const layout = executor.string("data_format", "NHWC");
  const attributes = convolutionAttributes(executor, "float32");
  const sizes = (shape: readonly number[]): DeviceTensor => tf.tensor1d([...shape], "int32");
  const withBias = (
    input: DeviceTensor,
    weight: DeviceTensor,
    bias: DeviceTensor,
    window: PlacedWindow,
  ): DeviceTensor =>
    executor.run(
      "_MklNativeConv2DWithBias",
      [...attributes(window), ONEDNN_KERNEL(executor)],
      [input, weight, bias],
    );
  const fused = canFuseBias(tf, withBias);
  return {
    convolve(input, weight, bias, window) {
      if (bias !== undefined && fused) return withBias(input, weight, bias, window);
      const output = executor.run("Conv2D", attributes(window), [input, weight]);
      return bias === undefined ? output : executor.run("BiasAdd", [float, layout], [output, bias]);
    },
    weightGradient(input, outputGradient, window, weightShape) {
      if (isPointwise(window)) {
        return matrixWeightGradient(tf, sampled(tf, input, window), outputGradient, weightShape);
      }
      return executor.run("Conv2DBackpropFilter", attributes(window), [
        input,
        sizes(weightShape),
        outputGradient,
      ]);
    },
    inputGradient: (weight, outputGradient, window, inputShape) =>
      executor.run("Conv2DBackpropInput", attributes(window), [sizes(inputShape), weight, outputGradient]),
  };
}

/** A window as TensorFlow's convolutions and their gradients take it. Shapes: NHWC. */
export function convolutionAttributes(
  executor: NativeExecutor,
  type: "float32" | "bfloat16",
): (window: PlacedWindow) => readonly Attribute[] {
  return ({ stride, pad }) => [
    executor.type("T", type),
    executor.string("data_format", "NHWC"),
    executor.int("strides", [1, ...stride, 1]),
    executor.string("padding", pad.toUpperCase()),
    executor.int("dilations", [1, 1, 1, 1]),
  ];
}

/** TensorFlow gives its oneDNN kernels, which it puts in place of others on its own, this label. */
export const ONEDNN_KERNEL = (executor: NativeExecutor): Attribute =>
  executor.string("_kernel", "MklNameChangeOp");

/** An operator of TensorFlow's own rewriting, not of its interface: a library may lack it. */
function canFuseBias(
  tf: TensorFlow,
  withBias: (x: DeviceTensor, w: DeviceTensor, b: DeviceTensor, window: PlacedWindow) => DeviceTensor,
): boolean {
  return tf.tidy(() => {
    try {
      const output = withBias(
        tf.tensor4d([2, 3], [1, 1, 1, 2]),
        tf.tensor4d([5, 7], [1, 1, 2, 1]),
        tf.tensor1d([11]),
        POINTWISE,
      );
      return output.dataSync()[0] === 42;
    } catch {
      return false;
    }
  });
}

/** A 1x1 kernel on one pixel. */
export const POINTWISE: PlacedWindow = {
  kernelSize: [1, 1],
  stride: [1, 1],
  pad: "valid",
  margins: [
    [0, 0],
    [0, 0],
  ],
  outputSize: [1, 1],
};

/** Whether a kernel is 1x1. */
export function isPointwise({ kernelSize, pad }: PlacedWindow): boolean {
  return pad === "valid" && kernelSize.every((extent) => extent === 1);
}

/**
 * The pixels that a 1x1 kernel sees. With a stride of [1, 2] TensorFlow 2.21's `Conv2DBackpropFilter` writes beyond
 * its memory (input [5, 8, 6, 4], weight [1, 1, 4, 5], `VALID`): no 1x1 convolution is given to it.
 */
function sampled(tf: TensorFlow, input: DeviceTensor, { stride }: PlacedWindow): DeviceTensor {
  if (stride.every((extent) => extent === 1)) return input;
  return tf.stridedSlice(input, [0, 0, 0, 0], [...input.shape], [1, ...stride, 1]);
}

/** A matrix product, which takes half as long as the gradient of a convolution that is one. */
function matrixWeightGradient(
  tf: TensorFlow,
  input: DeviceTensor,
  outputGradient: DeviceTensor,
  weightShape: readonly number[],
): DeviceTensor {
  const [inChannels, outChannels] = [at(weightShape, -2), at(weightShape, -1)];
  const x = tf.reshape(input, [-1, inChannels]);
  const dy = tf.reshape(outputGradient, [-1, outChannels]);
  return tf.reshape(tf.matMul(x, dy, true, false), [...weightShape]);
}
