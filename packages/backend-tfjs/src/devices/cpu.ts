import { cpuConvolution } from "../operators/cpu/convolution.js";
import { cpuMaxPool } from "../operators/cpu/max-pool.js";
import { portableOperators } from "../operators/portable.js";
import { Runtime } from "../runtime/runtime.js";
import { loadCore, loadCpuBackend } from "./peers.js";
import { silently } from "./silently.js";

/** TensorFlow.js in plain JavaScript, on one thread. */
export async function openCpu(): Promise<Runtime> {
  const tf = await loadCore();
  await silently(tf, async () => {
    await loadCpuBackend();
    await tf.setBackend("cpu");
    // Its first tensor is what it recommends another package at.
    tf.scalar(0).dispose();
  });
  return new Runtime({
    device: "cpu",
    engineBackend: "cpu",
    tf,
    // Loops of our own where TensorFlow.js's take too long, or lose a NaN.
    operators: { ...portableOperators(tf), ...cpuConvolution(tf), ...cpuMaxPool(tf) },
    // A part of a batch is some tenths of a second of work in each layer: between layers the event loop has its turn.
    microBatchBytes: 1e6,
  });
}
