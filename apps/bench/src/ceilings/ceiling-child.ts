/**
 * Measures the ceilings of one hardware in a process of its own, `node ceiling-child.js HARDWARE THREADS`. It is
 * killed when it has answered, because Dawn's threads would keep it alive.
 */
import { at } from "@nin/spec";
import { onnxCeiling } from "./onnx-ceiling.js";
import { webgpuCeiling } from "./webgpu-ceiling.js";

const hardware = at(process.argv, 2);
const threads = Number(at(process.argv, 3));
const isOnnx = hardware === "cpu" || hardware === "cuda";
const answer = isOnnx ? await onnxCeiling(hardware, threads) : await webgpuCeiling(hardware);
process.stdout.write(`${JSON.stringify(answer)}\n`);
