import type { TensorFlow } from "../../runtime/tensorflow.js";
import type { Operators } from "../operators.js";
import { portableOperators } from "../portable.js";
import { nativeConvolution } from "./convolution.js";
import { nativeMaxPool } from "./max-pool.js";
import { NativeExecutor } from "./native-executor.js";

/** The operators of native TensorFlow: fewer passes over memory than TensorFlow.js's own. */
export function nativeOperators(tf: TensorFlow): Operators {
  const executor = new NativeExecutor(tf);
  const float = executor.type("T", "float32");
  return {
    ...portableOperators(tf),
    ...nativeConvolution(tf, executor),
    ...nativeMaxPool(executor),
    reluGradient: (dy, y) => executor.run("ReluGrad", [float], [dy, y]),
  };
}
