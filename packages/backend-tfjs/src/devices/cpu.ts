import { cpuOperators } from "../operators/cpu/operators.js";
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
    operators: cpuOperators(tf),
    // A part of a batch is some tenths of a second of work in each layer: between layers the event loop has its turn.
    microBatchBytes: 1e6,
  });
}
