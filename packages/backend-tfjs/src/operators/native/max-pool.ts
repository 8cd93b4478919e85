import type { Operators } from "../operators.js";
import type { PlacedWindow } from "../window.js";
import type { Attribute, NativeExecutor } from "./native-executor.js";

/**
 * Max pooling that keeps the maxima's positions. `MaxPoolGrad` looks for the maxima again, which takes four
 * times as long as looking for them once; on the CPU the kernel for int32 positions takes a seventh of that
 * for int64, which the gradient wants (measured on TensorFlow 2.21).
 */
export function nativeMaxPool(executor: NativeExecutor): Pick<Operators, "maxPool" | "maxPoolGradient"> {
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
