import { onnxCeiling } from "./onnx-ceiling.js";
import { webgpuCeiling } from "./webgpu-ceiling.js";

/**
 * Measures one hardware's ceilings in a process of its own, `node ceiling-child.js HARDWARE THREADS`, which is
 * killed when it has answered: Dawn's threads would keep it.
 */

const [hardware = "", threads = "1"] = process.argv.slice(2);
const answer =
  hardware === "cpu" || hardware === "cuda"
    ? await onnxCeiling(hardware, Number(threads))
    : await webgpuCeiling(hardware);
process.stdout.write(`${JSON.stringify(answer)}\n`);
