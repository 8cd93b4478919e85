import type { DeviceTensor, TensorFlow } from "../../runtime/tensorflow.js";
import type { MaxPooled, Operators } from "../operators.js";
import type { PlacedWindow } from "../window.js";
import { ONEDNN_KERNEL, POINTWISE } from "./convolution.js";
import type { Attribute, NativeExecutor } from "./native-executor.js";

type MaxPool = Pick<Operators, "maxPool" | "maxPoolGradient">;

/** Max pooling of float32 that looks for the maxima once: by oneDNN's kernels on a processor whose TensorFlow has them. */
export function nativeMaxPool(tf: TensorFlow, executor: NativeExecutor): MaxPool {
  const oneDnn = oneDnnMaxPool(executor, "float32");
  return !executor.onGpu && findsMaxima(tf, oneDnn) ? oneDnn : maxPoolWithPositions(executor);
}

/**
 * Max pooling by oneDNN's kernels, which remember the maxima in a form of their own: forward in a tenth of the time of
 * TensorFlow's kernel that gives their positions (measured on TensorFlow 2.21).
 */
export function oneDnnMaxPool(executor: NativeExecutor, type: "float32" | "bfloat16"): MaxPool {
  const attributes = ({ kernelSize, stride, pad }: PlacedWindow): readonly Attribute[] => [
    executor.type("T", type),
    executor.string("data_format", "NHWC"),
    executor.int("ksize", [1, ...kernelSize, 1]),
    executor.int("strides", [1, ...stride, 1]),
    executor.string("padding", pad.toUpperCase()),
    executor.bool("workspace_enabled", true),
    ONEDNN_KERNEL(executor),
  ];
  return {
    maxPool(input, window) {
      const [output, maxima] = executor.runAll("_MklNativeMaxPool", attributes(window), [input], 2);
      if (output === undefined || maxima === undefined) throw new Error("tfjs: a max pool gave nothing");
      return { output, saved: [input.clone(), output.clone(), maxima] };
    },
    maxPoolGradient(outputGradient, [input, output, maxima], window) {
      if (input === undefined || output === undefined || maxima === undefined)
        throw new Error("tfjs: a max pool saved nothing");
      const operands = [input, output, outputGradient, maxima];
      return executor.run("_MklNativeMaxPoolGrad", attributes(window), operands);
    },
  };
}

/**
 * Max pooling that keeps the maxima's positions. `MaxPoolGrad` looks for the maxima again, which takes four
 * times as long as looking for them once; on the CPU the kernel for int32 positions takes a seventh of that
 * for int64, which the gradient wants (measured on TensorFlow 2.21).
 */
export function maxPoolWithPositions(executor: NativeExecutor): MaxPool {
  const positions = executor.onGpu ? "int64" : "int32";
  const attributes = (window: PlacedWindow, type: "int32" | "int64"): readonly Attribute[] => [
    executor.type("T", "float32"),
    executor.type("Targmax", type),
    executor.int("ksize", [1, ...window.kernelSize, 1]),
    executor.int("strides", [1, ...window.stride, 1]),
    executor.string("padding", window.pad.toUpperCase()),
    executor.bool("include_batch_in_index", false),
  ];
  const toInt64 = [executor.type("SrcT", "int32"), executor.type("DstT", "int64")];
  return {
    maxPool(input, window) {
      const [output, argmax] = executor.runAll(
        "MaxPoolWithArgmax",
        attributes(window, positions),
        [input],
        2,
      );
      if (output === undefined || argmax === undefined)
        throw new Error("tfjs: MaxPoolWithArgmax gave nothing");
      return { output, saved: [input.clone(), argmax] };
    },
    maxPoolGradient(outputGradient, [input, argmax], window) {
      if (input === undefined || argmax === undefined) throw new Error("tfjs: a max pool saved nothing");
      const wide = positions === "int64" ? argmax : executor.run("Cast", toInt64, [argmax]);
      return executor.run("MaxPoolGradWithArgmax", attributes(window, "int64"), [
        input,
        outputGradient,
        wide,
      ]);
    },
  };
}

/** Whether a pool gives the maximum, and its gradient to the first of two that are equal: a library may lack it. */
function findsMaxima(tf: TensorFlow, { maxPool, maxPoolGradient }: MaxPool): boolean {
  const window: PlacedWindow = { ...POINTWISE, kernelSize: [2, 2] };
  return tf.tidy(() => {
    try {
      const { output, saved }: MaxPooled = maxPool(tf.tensor4d([1, 5, 5, 2], [1, 2, 2, 1]), window);
      const gradient: DeviceTensor = maxPoolGradient(tf.tensor4d([7], [1, 1, 1, 1]), saved, window);
      return [...output.dataSync(), ...gradient.dataSync()].join() === [5, 0, 7, 0, 0].join();
    } catch {
      return false;
    }
  });
}
