import {
  builtinArchitecture,
  builtinRecipe,
  initialParameters,
} from "../../../../packages/spec/dist/index.js";
import { statisticsOf } from "../../../measure/throughput/statistics.mjs";
import { engineParts } from "../../comparison/engine-parts.mjs";
import { randomBatch } from "../../comparison/random-case.mjs";

const SLICES = 3;

/**
 * Training images a second by the number of images in a micro-batch, in this thread. The backend
 * chooses that number for a processor's caches; a card may want another.
 */
export async function run({ device, threads, model, microBatches, batches, seconds }, say) {
  const batchSize = Math.max(...batches);
  const measured = [];
  for (const microBatch of microBatches.filter((images) => images <= batchSize)) {
    measured.push(await measure({ device, threads }, model, batchSize, microBatch, seconds));
    say({ passed: false, model, batchSize, measured });
  }
  return {
    passed: measured.length > 0 && measured.every(({ finite }) => finite),
    ...{ model, batchSize, measured },
  };
}

async function measure(settings, name, batchSize, microBatch, seconds) {
  const architecture = builtinArchitecture(name);
  const recipe = builtinRecipe("d2l");
  const parts = engineParts(settings, {
    ...{ architecture, maxBatch: batchSize, microBatch },
    parameters: initialParameters(architecture, recipe.init, 0),
  });
  const trainer = parts.trainer(recipe.optimizer);
  const { input, labels } = randomBatch(architecture, batchSize, 1);
  const batch = { kind: "input", count: batchSize, images: input.data };
  const step = () => trainer.train(batch, labels, recipe.optimizer.learningRate);
  await step();
  const warmUpMs = await elapsedMs(step);
  const steps = Math.max(1, Math.round((1000 * seconds) / SLICES / warmUpMs));
  const speeds = [];
  for (let slice = 0; slice < SLICES; slice += 1) {
    const ms = await elapsedMs(async () => {
      for (let at = 0; at < steps; at += 1) await step();
    });
    speeds.push((1000 * steps * batchSize) / ms);
  }
  const finite = trainer.takeLosses().every(Number.isFinite);
  await parts.release();
  return { microBatch, finite, imagesPerSecond: statisticsOf(speeds) };
}

async function elapsedMs(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}
