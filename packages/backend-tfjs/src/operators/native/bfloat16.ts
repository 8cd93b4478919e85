import { at } from "@nin/spec";
import type { DeviceTensor, TensorFlow } from "../../runtime/tensorflow.js";
import { type Cuts, withMargins, withoutMargins } from "../margins.js";
import type { Operators } from "../operators.js";
import type { PlacedWindow } from "../window.js";
import { zeroOrNan } from "../zero-or-nan.js";
import { convolutionAttributes, isPointwise, ONEDNN_KERNEL, POINTWISE } from "./convolution.js";
import { oneDnnMaxPool } from "./max-pool.js";
import type { NativeExecutor } from "./native-executor.js";

/**
 * Operators in mixed precision: convolutions multiply bfloat16, add up float32 and give bfloat16, which ReLUs and max pools
 * after them keep: converting at each layer would take a tenth of a step. All other layers, the loss, parameters and their
 * gradients are `float`'s, in float32. oneDNN's kernels are fast on processors with AVX512-BF16 or AMX.
 *
 * @param float - the device's operators in float32
 * @returns undefined where this TensorFlow, or this processor, does not compute them
 */
export function bfloat16Operators(
  tf: TensorFlow,
  executor: NativeExecutor,
  float: Operators,
): Operators | undefined {
  const operators = realize(tf, executor, float);
  let works = false;
  tf.tidy(() => {
    works = computesCorrectly(tf, operators);
  });
  return works ? operators : undefined;
}

function realize(tf: TensorFlow, executor: NativeExecutor, float: Operators): Operators {
  const type = executor.type("T", "bfloat16");
  const oneDnn = ONEDNN_KERNEL(executor);
  const pools = oneDnnMaxPool(executor, "bfloat16");
  const cuts: Cuts = {
    pad: (tensor, paddings, value) =>
      executor.run(
        "PadV2",
        [type, executor.type("Tpaddings", "int32")],
        [tensor, tf.tensor2d(paddings, [paddings.length, 2], "int32"), brain(tf.scalar(value))],
      ),
    slice: (tensor, begin, size) =>
      executor.run(
        "Slice",
        [type, executor.type("Index", "int32")],
        [tensor, integers(begin), integers(size)],
      ),
  };
  const brain = (tensor: DeviceTensor): DeviceTensor => executor.cast(tensor, "bfloat16");
  const single = (tensor: DeviceTensor): DeviceTensor => executor.cast(tensor, "float32");
  const isSingle = (tensor: DeviceTensor): boolean => executor.typeOf(tensor) === "float32";
  const integers = (values: readonly number[]): DeviceTensor => tf.tensor1d([...values], "int32");
  const reshape = (tensor: DeviceTensor, shape: readonly number[]): DeviceTensor =>
    executor.run("Reshape", [type, executor.type("Tshape", "int32")], [tensor, integers(shape)]);
  const product = (a: DeviceTensor, b: DeviceTensor): DeviceTensor =>
    executor.run(
      "MatMul",
      [type, executor.bool("transpose_a", false), executor.bool("transpose_b", false)],
      [a, b],
    );
  const convolution = convolutionAttributes(executor, "bfloat16");
  const zeros = (shape: [number, number]): DeviceTensor => brain(tf.zeros(shape));
  return {
    ...float,
    enter(kind, value) {
      if (kind === "conv2d") return brain(value);
      return kind === "relu" || kind === "maxPool2d" ? value : single(value);
    },
    toFloat32: single,
    pad: (image, window, value) =>
      isSingle(image) ? float.pad(image, window, value) : withMargins(cuts, image, window, value),
    unpad: (image, window, size) =>
      isSingle(image) ? float.unpad(image, window, size) : withoutMargins(cuts, image, window, size),
    convolve(input, weight, bias, window) {
      const factors = [input, brain(weight)];
      if (bias === undefined) return executor.run("Conv2D", convolution(window), factors);
      return executor.run(
        "_MklNativeConv2DWithBias",
        [...convolution(window), oneDnn],
        [...factors, brain(bias)],
      );
    },
    parameterGradients(input, outputGradient, window, weightShape) {
      if (isStridedPointwise(window)) return undefined;
      const [weight, bias] = executor.runAll(
        "_MklNativeConv2DBackpropFilterWithBias",
        [...convolution(window), oneDnn],
        [input, integers(weightShape), outputGradient],
        2,
      );
      if (weight === undefined || bias === undefined)
        throw new Error("tfjs: a convolution gave no gradients");
      return { weight: single(weight), bias: single(bias) };
    },
    weightGradient(input, outputGradient, window, weightShape) {
      if (isStridedPointwise(window)) {
        return float.weightGradient(single(input), single(outputGradient), window, weightShape);
      }
      const operands = [input, integers(weightShape), outputGradient];
      return single(executor.run("Conv2DBackpropFilter", convolution(window), operands));
    },
    inputGradient(weight, outputGradient, window, inputShape) {
      const operands = [integers(inputShape), brain(weight), outputGradient];
      return executor.run("Conv2DBackpropInput", convolution(window), operands);
    },
    biasGradient(outputGradient) {
      if (isSingle(outputGradient)) return float.biasGradient(outputGradient);
      // A product with ones adds up float32, in a quarter of the time of TensorFlow's own sum.
      const channels = at(outputGradient.shape, -1);
      const pixels = outputGradient.size / channels;
      const sum = product(brain(tf.ones([1, pixels])), reshape(outputGradient, [pixels, channels]));
      return single(reshape(sum, [channels]));
    },
    relu: (input) => (isSingle(input) ? float.relu(input) : executor.run("Relu", [type], [input])),
    reluGradient(outputGradient, output) {
      if (isSingle(output)) return float.reluGradient(single(outputGradient), output);
      return executor.run("ReluGrad", [type], [brain(outputGradient), output]);
    },
    keepNan(pooled, image) {
      if (isSingle(image)) return float.keepNan(pooled, image);
      return executor.run("AddV2", [type], [pooled, zeroOrNan({ product, reshape, zeros }, image)]);
    },
    maxPool: (input, window) => (isSingle(input) ? float : pools).maxPool(input, window),
    maxPoolGradient(outputGradient, saved, window) {
      const [input] = saved;
      if (input !== undefined && isSingle(input)) {
        return float.maxPoolGradient(single(outputGradient), saved, window);
      }
      return pools.maxPoolGradient(brain(outputGradient), saved, window);
    },
  };
}

/** As in float32: TensorFlow's gradient is not to be trusted where a 1x1 kernel has a stride. */
function isStridedPointwise(window: PlacedWindow): boolean {
  return isPointwise(window) && window.stride.some((extent) => extent > 1);
}

/** Whether a convolution, a pool and their gradients give what they must, of whole numbers that bfloat16 holds. */
function computesCorrectly(tf: TensorFlow, operators: Operators): boolean {
  const image = tf.tensor4d([1, 3, 2, 5], [1, 2, 2, 1]);
  const weight = tf.tensor4d([2], [1, 1, 1, 1]);
  const pooling: PlacedWindow = { ...POINTWISE, kernelSize: [2, 2] };
  try {
    const input = operators.enter("conv2d", image);
    const output = operators.convolve(input, weight, tf.tensor1d([11]), POINTWISE);
    const pooled = operators.maxPool(output, pooling);
    const gradient = operators.maxPoolGradient(pooled.output, pooled.saved, pooling);
    const results = [
      operators.toFloat32(operators.relu(pooled.output)),
      operators.weightGradient(input, gradient, POINTWISE, [1, 1, 1, 1]),
      operators.biasGradient(gradient),
      operators.parameterGradients?.(input, gradient, POINTWISE, [1, 1, 1, 1])?.bias,
    ];
    return results.map((result) => result?.dataSync()[0]).join() === [21, 5 * 21, 21, 21].join();
  } catch {
    return false;
  }
}
