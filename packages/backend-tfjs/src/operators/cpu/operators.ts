import type { TensorFlow } from "../../runtime/tensorflow.js";
import type { Operators } from "../operators.js";
import { portableOperators } from "../portable.js";
import { cpuConvolution } from "./convolution.js";
import { cpuMaxPool } from "./max-pool.js";

/** The operators of plain JavaScript: loops of our own where TensorFlow.js's take too long, or lose a NaN. */
export function cpuOperators(tf: TensorFlow): Operators {
  return { ...portableOperators(tf), ...cpuConvolution(tf), ...cpuMaxPool(tf) };
}
