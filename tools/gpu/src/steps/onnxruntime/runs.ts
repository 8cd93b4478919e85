import { DEVICE_TRAITS } from "../../../../packages/backend-onnxruntime/dist/runtime/device-traits.js";
import {
  builtinArchitecture,
  builtinRecipe,
  initialParameters,
} from "../../../../packages/spec/dist/index.js";
import { statisticsOf } from "../../../measure/throughput/statistics.mjs";
import { engineParts } from "../../comparison/engine-parts.mjs";

const SLICES = 3;
const FASHION = { channels: 1, height: 28, width: 28, preprocessing: { mean: 0, std: 1 } };
const IMAGE_BYTES = 28 * 28;
const { stepsPerRun, maskThreads } = DEVICE_TRAITS.cuda;
/** What the backend does on a card, and one thing after another done otherwise. */
const USUAL = { stepsPerRun, maskThreads, microBatches: 1 };
const OTHERWISE = [
  {},
  ...[1, 4, 48].map((stepsPerRun) => ({ stepsPerRun })),
  ...[0, 1, 4].map((maskThreads) => ({ maskThreads })),
  ...[2, 4, 16].map((microBatches) => ({ microBatches })),
];

/** Training images a second by how steps are run, in this thread, from a data set of bytes. */
export async function run({ device, threads, model, batches, seconds }, say) {
  const batchSize = Math.max(...batches);
  const measured = [];
  for (const otherwise of OTHERWISE) {
    measured.push(await measure({ device, threads }, model, batchSize, { ...USUAL, ...otherwise }, seconds));
    say({ passed: false, model, batchSize, measured });
  }
  return { passed: measured.every(({ finite }) => finite), model, batchSize, measured };
}

async function measure(settings, name, batchSize, way, seconds) {
  const architecture = builtinArchitecture(name);
  const recipe = builtinRecipe("d2l");
  const parts = engineParts(settings, {
    ...{ architecture, maxBatch: batchSize, microBatch: Math.ceil(batchSize / way.microBatches) },
    ...{ parameters: initialParameters(architecture, recipe.init, 0), imageFormat: FASHION },
  });
  const trainer = parts.trainer(recipe.optimizer, { ...way, dataset: noise(batchSize) });
  const batch = {
    kind: "indices",
    count: batchSize,
    indices: Uint32Array.from({ length: batchSize }, (_, at) => at),
  };
  const train = async (steps) => {
    const begin = performance.now();
    for (let step = 0; step < steps; step += 1)
      await trainer.train(batch, undefined, recipe.optimizer.learningRate);
    await trainer.settle();
    return performance.now() - begin;
  };
  await train(way.stepsPerRun);
  const warmUpMs = await train(way.stepsPerRun);
  const runs = Math.max(1, Math.round((1000 * seconds) / SLICES / warmUpMs));
  const speeds = [];
  for (let slice = 0; slice < SLICES; slice += 1) {
    const steps = runs * way.stepsPerRun;
    speeds.push((1000 * steps * batchSize) / (await train(steps)));
  }
  const finite = trainer.takeLosses().every(Number.isFinite);
  await trainer.dispose();
  await parts.release();
  return { ...way, finite, imagesPerSecond: statisticsOf(speeds) };
}

function noise(count) {
  return {
    images: Uint8Array.from({ length: count * IMAGE_BYTES }, (_, at) => (at * 7919) % 256),
    labels: Uint8Array.from({ length: count }, (_, at) => at % 10),
  };
}
