/**
 * Our side of the throughput on a card, as `nin train` uses a backend: the images are a data set of bytes that
 * a session is given once, and steps name those of their batch. The material must have `images`.
 */
import { loadBackend } from "../backends.mjs";
import { readMaterial } from "./read-material.mjs";
import { say, serveSteps } from "./serve-steps.mjs";

const CHECKED_STEPS = 2;

const { options, architecture, recipe, parameters, batch, images } = await readMaterial({
  backend: { type: "string", default: "onnxruntime" },
  device: { type: "string", default: "cpu" },
});
const [count, channels, height, width] = images.shape;
const dataset = { images: Uint8Array.from(images.data), labels: Uint8Array.from(batch.labels, Number) };
const indices = Uint32Array.from({ length: count }, (_, index) => index);
const backend = await loadBackend(options.backend);
const model = await backend.compile(architecture, {
  device: options.device,
  maxBatch: count,
  threads: Number(options.threads),
  images: { channels, height, width, preprocessing: { mean: 0, std: 1 } },
});
await model.writeParameters(parameters);
if (options.mode === "check") say(await check());
else await serveSteps(options.mode === "train" ? await trainer() : predictor());
await model.dispose();

async function check() {
  const logits = [...(await model.predict({ images: dataset.images })).data];
  const session = await openSession();
  for (let step = 0; step < CHECKED_STEPS; step += 1) await session.step({ indices }, recipe.optimizer);
  const { losses } = await session.metrics();
  await session.dispose();
  return { logits, losses };
}

async function trainer() {
  const session = await openSession();
  return async (steps) => {
    for (let step = 0; step < steps; step += 1) await session.step({ indices }, recipe.optimizer);
    const { losses } = await session.metrics();
    return losses.every(Number.isFinite);
  };
}

function predictor() {
  return async (steps) => {
    let scores;
    for (let step = 0; step < steps; step += 1) scores = await model.predict({ images: dataset.images });
    return scores.data.every(Number.isFinite);
  };
}

function openSession() {
  return model.train({ optimizer: recipe.optimizer, seed: recipe.seed, dataset });
}
