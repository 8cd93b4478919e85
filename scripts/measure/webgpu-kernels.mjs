/**
 * Where does a training step of the webgpu backend spend its time? Each kernel of a micro-batch's
 * forward and backward pass alone, by the device's own clock, beside the operations and bytes it
 * needs at least. See scripts/measure/README.md.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { builtinArchitecture, builtinRecipe, initialParameters } from "../../packages/spec/dist/index.js";
import { environment } from "./environment.mjs";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "nin" },
    batch: { type: "string", default: "8" },
    rounds: { type: "string", default: "5" },
    device: { type: "string", default: "lavapipe" },
    out: { type: "string" },
  },
});

const source = "../../packages/backend-webgpu/dist/";
const { nodeDevices } = await import(`${source}node.js`);
const { Engine } = await import(`${source}runtime/engine.js`);
const { runValuesBytes, NO_UPDATE } = await import(`${source}runtime/run-values.js`);
const { readBuffer } = await import(`${source}runtime/read-buffer.js`);
const { writeBytes } = await import(`${source}runtime/regions.js`);

const batch = Number(options.batch);
const architecture = builtinArchitecture(options.model);
const context = await nodeDevices().open(options.device);
const { device } = context;
const engine = new Engine(context, architecture, { maxBatch: batch });
const images = Math.min(batch, engine.microBatch);
const stage = await engine.stage("training");
const { init } = builtinRecipe("robust");
writeBytes(
  device,
  engine.regions.ensure("parameters", 0),
  engine.parameters.pack(initialParameters(architecture, init, 0)),
);
const run = {
  images,
  firstImage: 0,
  batchImages: images,
  accumulate: false,
  training: true,
  step: 0,
  key: [0, 0],
  slot: 0,
  gradientScale: 1,
  update: NO_UPDATE,
};
device.queue.writeBuffer(engine.runValues, 0, runValuesBytes([run]));

const count = stage.commands.length;
const querySet = device.createQuerySet({ type: "timestamp", count: 2 * count });
const resolved = device.createBuffer({ size: 16 * count, usage: 0x0200 | 0x0004 });
const rounds = [];
for (let round = 0; round <= Number(options.rounds); round += 1) rounds.push(await measure());
rounds.shift();

const kernels = stage.commands.map((command, index) => {
  const times = rounds.map((times) => times[index]).toSorted((a, b) => a - b);
  return {
    kernel: command.kernel.name,
    writes: written(command),
    ms: times[times.length >> 1],
    flops: flopsOf(command),
  };
});
const total = kernels.reduce((sum, { ms }) => sum + ms, 0);
const byKernel = [...new Set(kernels.map(({ kernel }) => kernel))].map((kernel) => {
  const own = kernels.filter((one) => one.kernel === kernel);
  return {
    kernel,
    ms: own.reduce((sum, { ms }) => sum + ms, 0),
    flops: own.reduce((sum, { flops }) => sum + flops, 0),
  };
});
for (const line of [
  ...kernels.filter(({ ms }) => ms > total / 100),
  ...byKernel.toSorted((a, b) => b.ms - a.ms),
]) {
  const rate = line.flops > 0 ? `${(line.flops / line.ms / 1e6).toFixed(1)} GFLOP/s` : "";
  console.log(
    `${line.kernel.padEnd(26)} ${(line.writes ?? "").padEnd(32)} ${line.ms.toFixed(2).padStart(9)} ms ${((100 * line.ms) / total).toFixed(1).padStart(5)}%  ${rate}`,
  );
}
const memory = memoryOf(stage);
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
console.log(
  `Memory: micro-batches of ${images} of ${batch} images; ${memory.buffers} buffers for ${memory.tensors} tensors, ${mebibytes(memory.tensorBytes)}, at least ${mebibytes(memory.lowerBoundBytes)} (${(memory.tensorBytes / memory.lowerBoundBytes).toFixed(2)} times); parameters, gradients and the like ${mebibytes(memory.regionBytes)}`,
);
console.log(
  `${options.model}, ${images} images: ${total.toFixed(0)} ms, ${((1000 * images) / total).toFixed(2)} images/s`,
);
if (options.out !== undefined) {
  const result = {
    format: "nin-webgpu-kernels",
    version: 1,
    environment: await environment(),
    adapter: context.traits.name,
    model: options.model,
    batch,
    images,
    memory,
    totalMs: total,
    byKernel,
    kernels,
  };
  await writeFile(options.out, `${JSON.stringify(result, undefined, 2)}\n`);
}
await engine.dispose();
process.exit(0);

async function measure() {
  const encoder = device.createCommandEncoder();
  stage.main.encodeApart(
    (index) =>
      encoder.beginComputePass({
        timestampWrites: {
          querySet,
          beginningOfPassWriteIndex: 2 * index,
          endOfPassWriteIndex: 2 * index + 1,
        },
      }),
    images,
  );
  encoder.resolveQuerySet(querySet, 0, 2 * count, resolved, 0);
  device.queue.submit([encoder.finish()]);
  const stamps = new BigUint64Array(await readBuffer(context, resolved, 16 * count));
  return Array.from({ length: count }, (_, index) => Number(stamps[2 * index + 1] - stamps[2 * index]) / 1e6);
}

/** What a stage's tensors take, beside the most that is alive at once. */
function memoryOf({ plan }) {
  return {
    buffers: plan.bufferBytes.length,
    tensors: plan.bufferOf.size,
    tensorBytes: plan.bufferBytes.reduce((sum, bytes) => sum + bytes, 0),
    lowerBoundBytes: plan.lowerBoundBytes,
    regionBytes: engine.regions.sizeBytes,
  };
}

/** The label of the tensor that a command writes. */
function written({ kernel, operands }) {
  const operand = operands[kernel.bindings.indexOf("write")];
  return operand.label ?? operand.region;
}

/** Multiplications and additions, of channels that are padding too. */
function flopsOf({ kernel, dims, operands }) {
  const [rowsPerImage, , , , inStride, columns4, , , , , , , , partialStride] = dims;
  const matrix = inStride * columns4 * 4;
  if (kernel.name.startsWith("convolution")) {
    const weight = operands[1].sizeBytes ?? operands[1].range.sizeBytes;
    return 2 * images * rowsPerImage * Math.floor(weight / 4 / matrix) * matrix;
  }
  if (!kernel.name.startsWith("weight-gradient")) return 0;
  return 2 * images * rowsPerImage * Math.floor(partialStride / matrix) * matrix;
}
