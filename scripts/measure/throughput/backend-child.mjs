/**
 * Our side of throughput.mjs: the counterpart of scripts/pytorch/throughput.py, in the same words.
 * Steps are enqueued as a training loop does, and waited for within the time taken.
 */
import { loadBackend } from "../backends.mjs";
import { readMaterial } from "./read-material.mjs";
import { say, serveSteps } from "./serve-steps.mjs";

const CHECKED_STEPS = 2;

const { options, architecture, recipe, parameters, batch } = await readMaterial({
  backend: { type: "string", default: "onnxruntime" },
  device: { type: "string", default: "cpu" },
});
const backend = await loadBackend(options.backend);
const model = await backend.compile(architecture, {
  device: options.device,
  maxBatch: batch.labels.length,
  threads: Number(options.threads),
});
await model.writeParameters(parameters);
if (options.mode === "check") say(await check());
else await serveSteps(options.mode === "train" ? await trainer() : predictor());
await model.dispose();

async function check() {
  const logits = [...(await model.predict({ input: batch.input })).data];
  const session = await openSession();
  for (let step = 0; step < CHECKED_STEPS; step += 1) await session.step(batch, recipe.optimizer);
  const { losses } = await session.metrics();
  await session.dispose();
  return { logits, losses };
}

async function trainer() {
  const session = await openSession();
  return async (steps) => {
    for (let step = 0; step < steps; step += 1) await session.step(batch, recipe.optimizer);
    const { losses } = await session.metrics();
    return losses.every(Number.isFinite);
  };
}

function predictor() {
  return async (steps) => {
    let scores;
    for (let step = 0; step < steps; step += 1) scores = await model.predict({ input: batch.input });
    return scores.data.every(Number.isFinite);
  };
}

function openSession() {
  return model.train({ optimizer: recipe.optimizer, seed: recipe.seed });
}
