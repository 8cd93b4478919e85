// Where a training step of the ONNX Runtime backend spends its time: by layer and by operator, from
// the runtime's own profile. node scripts/measure/operator-times.mjs [--model nin] [--recipe d2l]
// [--batch-size 128] [--threads 2] [--seconds 10] [--image-size 224] [--out FILE]
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DEVICE_TRAITS } from "../../packages/backend-onnxruntime/dist/runtime/device-traits.js";
import { microBatchImages } from "../../packages/backend-onnxruntime/dist/runtime/micro-batch.js";
import { toGraphLayout } from "../../packages/backend-onnxruntime/dist/runtime/parameter-layout.js";
import { ProgramRunner } from "../../packages/backend-onnxruntime/dist/runtime/program-runner.js";
import { Trainer, trainingKey } from "../../packages/backend-onnxruntime/dist/runtime/trainer.js";
import { Tensor } from "../../packages/backend-onnxruntime/node_modules/onnxruntime-node/dist/index.js";
import { writeFileAtomic } from "../../packages/files/dist/index.js";
import {
  builtinArchitecture,
  builtinRecipe,
  initialParameters,
  summarize,
} from "../../packages/spec/dist/index.js";

const { values: flags } = parseArgs({
  options: {
    model: { type: "string", default: "nin" },
    recipe: { type: "string", default: "d2l" },
    "batch-size": { type: "string", default: "128" },
    "micro-batch": { type: "string" },
    threads: { type: "string", default: `${availableParallelism()}` },
    seconds: { type: "string", default: "10" },
    out: { type: "string" },
  },
});

const architecture = builtinArchitecture(flags.model);
const recipe = builtinRecipe(flags.recipe);
const batchSize = Number(flags["batch-size"]);
const folder = await mkdtemp(join(tmpdir(), "nin-profile-"));
const { steps, seconds } = await trainProfiled();
const events = await readProfile();
await rm(folder, { recursive: true });
await report();

async function trainProfiled() {
  const runner = new ProgramRunner({
    device: "cpu",
    threads: Number(flags.threads),
    profilePrefix: join(folder, "profile"),
  });
  const micro = Number(
    flags["micro-batch"] ?? microBatchImages(architecture, batchSize, DEVICE_TRAITS.cpu.microBatch),
  );
  const parameters = Object.fromEntries(
    [...initialParameters(architecture, recipe.init, 0)].map(([name, tensor]) => {
      const { shape, data } = toGraphLayout(tensor);
      return [name, new Tensor("float32", data, [...shape])];
    }),
  );
  const setup = { optimizer: recipe.optimizer, seed: 0, firstStep: 0 };
  const options = { architecture, device: "cpu", maxBatch: batchSize, threads: Number(flags.threads) };
  const trainer = new Trainer(options, runner, micro, setup, parameters);
  const { channels, height, width } = architecture.input;
  const images = Float32Array.from({ length: batchSize * channels * height * width }, Math.random);
  const labels = Int32Array.from({ length: batchSize }, (_, index) => index % 10);
  const step = () => trainer.train({ kind: "input", count: batchSize, images }, labels, 1e-4);
  await step();
  const start = performance.now();
  let steps = 0;
  for (; performance.now() - start < 1000 * Number(flags.seconds); steps += 1) await step();
  const seconds = (performance.now() - start) / 1000;
  const compiled = await runner.compiled(trainingKey("input", micro, micro >= batchSize));
  compiled.session.endProfiling();
  await runner.release();
  return { steps, seconds };
}

async function readProfile() {
  const [file] = await readdir(folder);
  const all = JSON.parse(await readFile(join(folder, file), "utf8"));
  const runs = all.filter((event) => event.name === "model_run").sort((a, b) => a.ts - b.ts);
  const measuredFrom = runs[1]?.ts ?? 0;
  return all.filter(
    (event) => event.cat === "Node" && event.name.endsWith("_kernel_time") && event.ts >= measuredFrom,
  );
}

function report() {
  const kernels = events.filter((event) => !["Scan", "Loop"].includes(event.args.op_name));
  const total = kernels.reduce((sum, event) => sum + event.dur, 0);
  const by = (key) => {
    const sums = new Map();
    for (const event of kernels) sums.set(key(event), (sums.get(key(event)) ?? 0) + event.dur);
    return [...sums].sort((a, b) => b[1] - a[1]);
  };
  const row = ([name, microseconds]) => ({
    name,
    msPerStep: Number((microseconds / 1000 / steps).toFixed(2)),
    share: `${((100 * microseconds) / total).toFixed(1)}%`,
  });
  const layerOf = (event) => event.name.split("/")[0].replace(/_kernel_time$/, "");
  const result = {
    model: architecture.name,
    batchSize,
    steps,
    imagesPerSecond: Number(((steps * batchSize) / seconds).toFixed(1)),
    gflopPerSecond: Number(
      ((2e-9 * summarize(architecture).trainingMacs * steps * batchSize) / seconds).toFixed(1),
    ),
    kernelShare: Number((total / 1e6 / seconds).toFixed(3)),
    operators: by((event) => event.args.op_name).map(row),
    layers: by(layerOf).map(row),
    nodes: by((event) => `${event.name.replace("_kernel_time", "")} ${event.args.op_name}`)
      .slice(0, 40)
      .map(row),
  };
  console.log(
    `${result.model}: ${result.imagesPerSecond} images/s, ${result.gflopPerSecond} GFLOP/s, kernels ${result.kernelShare}`,
  );
  for (const table of ["operators", "layers", "nodes"]) console.table(result[table].slice(0, 40));
  if (flags.out !== undefined) return writeFileAtomic(flags.out, `${JSON.stringify(result, undefined, 2)}\n`);
}
