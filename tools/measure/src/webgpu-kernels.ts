/**
 * Where does a training step of the webgpu backend spend its time? Each kernel of a micro-batch's
 * forward and backward pass alone, by the device's own clock, beside the operations and bytes it
 * needs at least. See scripts/measure/README.md.
 */

import { parseArgs } from "node:util";
import { folderStore } from "../../packages/backend-webgpu/dist/tuning/folder-store.js";
import { writeFileAtomic } from "../../packages/files/dist/index.js";
import { builtinArchitecture } from "../../packages/spec/dist/index.js";
import { environment } from "./environment.mjs";
import { measureKernels } from "./webgpu-kernels/measure-kernels.mjs";
import { openForMeasuring } from "./webgpu-kernels/open-adapter.mjs";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "nin" },
    batch: { type: "string", default: "8" },
    rounds: { type: "string", default: "5" },
    device: { type: "string", default: "lavapipe" },
    precision: { type: "string", default: "f32" },
    tuned: { type: "boolean", default: false },
    out: { type: "string" },
  },
});

const { model, precision } = options;
const batch = Number(options.batch);
const { context } = await openForMeasuring(options.device);
const measured = await measureKernels(context, builtinArchitecture(model), {
  ...{ batch, precision, rounds: Number(options.rounds) },
  ...(options.tuned ? { tuning: folderStore() } : {}),
});
for (const line of linesOf(measured)) console.log(line);
if (options.out !== undefined) {
  const result = {
    format: "nin-webgpu-kernels",
    version: 1,
    environment: await environment(),
    adapter: context.traits.name,
    ...{ model, precision, batch, ...measured },
  };
  await writeFileAtomic(options.out, `${JSON.stringify(result, undefined, 2)}\n`);
}
process.exit(0);

function linesOf({ images, memory, totalMs, byKernel, kernels }) {
  const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const ratio = (memory.tensorBytes / memory.lowerBoundBytes).toFixed(2);
  return [
    ...kernels.filter(({ ms }) => ms > totalMs / 100).map((line) => lineOf(line, totalMs)),
    ...byKernel.toSorted((a, b) => b.ms - a.ms).map((line) => lineOf(line, totalMs)),
    `Memory: micro-batches of ${images} of ${batch} images; ${memory.buffers} buffers for ${memory.tensors} tensors, ${mebibytes(memory.tensorBytes)}, at least ${mebibytes(memory.lowerBoundBytes)} (${ratio} times); parameters, gradients and the like ${mebibytes(memory.regionBytes)}`,
    `${model}, ${precision}, ${images} images: ${totalMs.toFixed(1)} ms, ${((1000 * images) / totalMs).toFixed(2)} images/s`,
  ];
}

function lineOf({ kernel, writes = "", ms, flops, bytes }, totalMs) {
  const share = ((100 * ms) / totalMs).toFixed(1).padStart(5);
  const rate =
    flops > 0 ? `${(flops / ms / 1e6).toFixed(1)} GFLOP/s` : `${(bytes / ms / 1e6).toFixed(1)} GB/s`;
  return `${kernel.padEnd(26)} ${writes.padEnd(32)} ${ms.toFixed(2).padStart(9)} ms ${share}%  ${rate}`;
}
