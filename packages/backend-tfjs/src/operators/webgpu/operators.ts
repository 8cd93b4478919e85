import type { TensorFlow } from "../../runtime/tensorflow.js";
import type { Operators } from "../operators.js";
import { portableOperators } from "../portable.js";
import { webGpuMaxPool } from "./max-pool.js";

/** The operators of TensorFlow.js's WebGPU backend, with a max pool of our own. */
export function webGpuOperators(tf: TensorFlow): Operators {
  return { ...portableOperators(tf), ...webGpuMaxPool(tf) };
}
