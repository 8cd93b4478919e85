/**
 * Our WebGPU backend with its batch on the device, where a training has its data set and PyTorch its
 * tensors: what backend-child.mjs does, but that no step moves images from the host. The batch must be
 * one of bytes over 255.
 */
import { createWebGpuBackend } from "../../../packages/backend-webgpu/dist/backend.js";
import { nodeDevices } from "../../../packages/backend-webgpu/dist/node-devices.js";
import { keepDataset } from "../../../packages/backend-webgpu/dist/runtime/dataset.js";
import { Engine } from "../../../packages/backend-webgpu/dist/runtime/engine.js";
import { tensorBuffer } from "../../../packages/backend-webgpu/dist/program/program.js";
import { readBuffer } from "../../../packages/backend-webgpu/dist/device/read-buffer.js";
import { writeBytes } from "../../../packages/backend-webgpu/dist/program/persistent-buffers.js";
import { INFERENCE, runIndices } from "../../../packages/backend-webgpu/dist/runtime/runner.js";
import { readMaterial } from "./read-material.mjs";
import { say, serveSteps } from "./serve-steps.mjs";

const CHECKED_STEPS = 2;
/** Forward passes that may wait on the device's queue. */
const MAX_WAITING = 4;

const { options, architecture, recipe, parameters, batch } = await readMaterial({
  device: { type: "string" },
  precision: { type: "string", default: "f32" },
});
const count = batch.labels.length;
const indices = Uint32Array.from({ length: count }, (_, index) => index);
const dataset = {
  images: Uint8Array.from(batch.input.data, (value) => Math.round(255 * value)),
  labels: Uint8Array.from(batch.labels),
};
const { channels, height, width } = architecture.input;
const compileOptions = {
  precision: options.precision,
  maxBatch: count,
  imageFormat: { channels, height, width, preprocessing: { mean: 0, std: 1 } },
};
const devices = nodeDevices();
if (options.mode === "forward") await serveSteps(await predictor());
else await withModel((model) => (options.mode === "check" ? check(model) : train(model)));

async function withModel(use) {
  const backend = createWebGpuBackend(devices);
  const model = await backend.compile(architecture, { ...compileOptions, device: options.device });
  await model.writeParameters(parameters);
  await use(model);
  await model.dispose();
}

async function check(model) {
  const logits = [...(await model.predict({ images: dataset.images })).data];
  const session = await openSession(model);
  for (let step = 0; step < CHECKED_STEPS; step += 1) await session.step({ indices }, recipe.optimizer);
  const { losses } = await session.metrics();
  await session.dispose();
  say({ logits, losses });
}

async function train(model) {
  const session = await openSession(model);
  await serveSteps(async (steps) => {
    for (let step = 0; step < steps; step += 1) await session.step({ indices }, recipe.optimizer);
    const { losses } = await session.metrics();
    return losses.every(Number.isFinite);
  });
  await session.dispose();
}

function openSession(model) {
  return model.train({ optimizer: recipe.optimizer, seed: recipe.seed, dataset });
}

/** The contract's `predict` takes its batch from the host: this is what it runs, on the data set. */
async function predictor() {
  const context = await devices.open(options.device);
  const engine = new Engine(context, architecture, { ...compileOptions, tuning: devices.tuning });
  await keepDataset(engine, dataset, count);
  writeBytes(context.device, engine.persistent.ensure("parameters", 0), engine.parameters.pack(parameters));
  await engine.tune();
  const stage = await engine.stage("inference");
  const { scores } = stage.network;
  const flags = { ...INFERENCE, lossSlot: engine.scratchLossSlot };
  return async (steps) => {
    const waiting = [];
    for (let step = 0; step < steps; step += 1) {
      await runIndices(engine, stage, indices, flags, () => {});
      waiting.push(context.device.queue.onSubmittedWorkDone());
      if (waiting.length > MAX_WAITING) await waiting.shift();
    }
    const buffer = tensorBuffer(scores.tensor, stage.plan, stage.tensors);
    const read = new Float32Array(await readBuffer(context, buffer, scores.tensor.sizeBytes));
    context.throwFailure();
    return read.every(Number.isFinite);
  };
}
