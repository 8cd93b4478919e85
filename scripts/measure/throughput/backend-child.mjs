/**
 * Our side of throughput.mjs: the counterpart of scripts/pytorch/throughput.py, in the same words.
 * Steps are enqueued as a training loop does, and waited for within the time taken. With `--dataset` they name images
 * of a data set of bytes that the session is given once, as `nin train` does; the material must have `images`.
 */
import { loadBackend } from "../backends.mjs";
import { readMaterial } from "./read-material.mjs";
import { say, serveSteps } from "./serve-steps.mjs";

const CHECKED_STEPS = 2;

const { options, architecture, recipe, parameters, batch, images } = await readMaterial({
  backend: { type: "string", default: "onnxruntime" },
  device: { type: "string", default: "cpu" },
  dataset: { type: "boolean", default: false },
});
const given = options.dataset ? asDataset() : asTensors();
const backend = await loadBackend(options.backend);
const model = await backend.compile(architecture, {
  device: options.device,
  maxBatch: batch.labels.length,
  threads: Number(options.threads),
  ...given.compiling,
});
await model.writeParameters(parameters);
if (options.mode === "check") say(await check());
else await serveSteps(options.mode === "train" ? await trainer() : predictor());
await model.dispose();

function asTensors() {
  return { compiling: {}, training: {}, predicted: { input: batch.input }, trained: batch };
}

function asDataset() {
  const [count, channels, height, width] = images.shape;
  const dataset = { images: Uint8Array.from(images.data), labels: Uint8Array.from(batch.labels, Number) };
  return {
    compiling: { imageFormat: { channels, height, width, preprocessing: { mean: 0, std: 1 } } },
    training: { dataset },
    predicted: { images: dataset.images },
    trained: { indices: Uint32Array.from({ length: count }, (_, index) => index) },
  };
}

async function check() {
  const logits = [...(await model.predict(given.predicted)).data];
  const session = await openSession();
  for (let step = 0; step < CHECKED_STEPS; step += 1) await session.step(given.trained, recipe.optimizer);
  const { losses } = await session.metrics();
  await session.dispose();
  return { logits, losses };
}

async function trainer() {
  const session = await openSession();
  return async (steps) => {
    for (let step = 0; step < steps; step += 1) await session.step(given.trained, recipe.optimizer);
    const { losses } = await session.metrics();
    return losses.every(Number.isFinite);
  };
}

function predictor() {
  return async (steps) => {
    let scores;
    for (let step = 0; step < steps; step += 1) scores = await model.predict(given.predicted);
    return scores.data.every(Number.isFinite);
  };
}

function openSession() {
  return model.train({ optimizer: recipe.optimizer, seed: recipe.seed, ...given.training });
}
