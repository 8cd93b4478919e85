import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { createReferenceBackend } from "@nin/backend-reference";
import { describe, expect, test } from "vitest";
import { fromGraphLayout, toGraphLayout } from "../layouts/parameter-layout.js";
import { architectureOf } from "../testing/architectures.js";
import { cpuPlatform } from "../testing/cpu-platform.js";
import { expectTensor, expectTensors } from "../testing/expect-tensor.js";
import { heParameters, randomBatch } from "../testing/random-case.js";
import { randomTensor } from "../testing/random-tensors.js";
import { type FloatTensor, floatTensor } from "./feeds.js";
import { Inference } from "./inference.js";
import { ProgramRunner } from "./program-runner.js";
import { Trainer } from "./trainer.js";

const COUNT = 5;
/** Every layer kind; Winograd too. */
const architecture = architectureOf(
  [3, 9, 8],
  [
    { kind: "conv2d", outChannels: 16, kernelSize: 2, stride: [1, 2], padding: 1 },
    { kind: "relu" },
    { kind: "maxPool2d", kernelSize: 2, stride: 1 },
    { kind: "dropout", rate: 0.4 },
    { kind: "ninBlock", outChannels: 16, kernelSize: 3, padding: 1, mlpChannels: [4] },
    { kind: "avgPool2d", kernelSize: 3, stride: 2, padding: 1, ceilMode: true },
    { kind: "flatten" },
    { kind: "dropout", rate: 0.5 },
    { kind: "linear", outFeatures: 4 },
  ],
);
const options = { architecture, device: "cpu", threads: 1, maxBatch: COUNT } as const;
const { input, labels } = randomBatch(architecture, COUNT, 3);
const batch = { kind: "input", count: COUNT, images: Float32Array.from(input.data) } as const;
/** Only the order in which float32 gradients are added up differs. */
const REORDERED_SUM = 2e-6;

function parameterFeeds(): Record<string, FloatTensor> {
  return Object.fromEntries(
    [...heParameters(architecture, 1)].map(([name, tensor]) => {
      const { shape, data } = toGraphLayout(tensor);
      return [name, floatTensor(data, shape)];
    }),
  );
}

async function inferred(microBatch: number) {
  const runner = new ProgramRunner({ device: "cpu", threads: 1 }, cpuPlatform);
  const inference = new Inference(options, runner, microBatch);
  const parameters = parameterFeeds();
  const results = {
    scores: await inference.predict(batch, parameters),
    activations: new Map(await inference.activations(batch, parameters)),
    ...(await inference.gradients(batch, labels, parameters)),
  };
  await runner.release();
  return results;
}

async function trained(microBatch: number) {
  const runner = new ProgramRunner({ device: "cpu", threads: 1 }, cpuPlatform);
  const optimizer = { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 } as const;
  const parameters = parameterFeeds();
  const trainer = new Trainer(options, runner, microBatch, { optimizer, seed: 4 }, parameters);
  for (let step = 0; step < 2; step += 1)
    await trainer.train(batch, labels, { step, learningRate: 0.1, epoch: 0 });
  await runner.release();
  const weights = Object.entries(parameters).map(
    ([name, { dims, data }]) =>
      [name, fromGraphLayout({ shape: dims, data: Float32Array.from(data) })] as const,
  );
  return {
    losses: trainer.takeLosses(),
    weights: new Map(weights),
    velocity: new Map(trainer.optimizerState()),
  };
}

describe.each([1, 2, 3, 4, 8])("%i images at once", (microBatch) => {
  test("scores, activations, loss and gradients are those of the whole batch", async () => {
    const parts = await inferred(microBatch);
    const whole = await inferred(COUNT);
    expectTensor(parts.scores, whole.scores, "scores", REORDERED_SUM);
    expectTensors(parts.activations, whole.activations, "activation", REORDERED_SUM);
    expect(Math.abs(parts.loss - whole.loss)).toBeLessThanOrEqual(REORDERED_SUM * whole.loss);
    expectTensors(new Map(parts.gradients), new Map(whole.gradients), "gradient", REORDERED_SUM);
  });

  test("training steps with dropout are those of the whole batch", async () => {
    const parts = await trained(microBatch);
    const whole = await trained(COUNT);
    expect(parts.losses).toHaveLength(2);
    parts.losses.forEach((loss, step) => {
      expect(Math.abs(loss - (whole.losses[step] ?? Number.NaN))).toBeLessThanOrEqual(REORDERED_SUM * loss);
    });
    expectTensors(parts.weights, whole.weights, "weights", REORDERED_SUM);
    expectTensors(parts.velocity, whole.velocity, "velocity", REORDERED_SUM);
  });
});

test("a batch smaller than a micro-batch is computed as it is, with no empty places", async () => {
  expect(await trained(2 * COUNT)).toEqual(await trained(COUNT));
});

test.each([1, 43, 44, 45, 70, 130])("a model of up to 130 images takes %i", async (count) => {
  const small = architectureOf(
    [1, 3, 3],
    [
      { kind: "conv2d", outChannels: 3, kernelSize: 2 },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 3 },
    ],
  );
  await using model = await createNodeOnnxRuntimeBackend().compile(small, { threads: 1, maxBatch: 130 });
  const oracle = await createReferenceBackend().compile(small, { maxBatch: 130 });
  for (const each of [model, oracle]) await each.writeParameters(heParameters(small, 2));
  const whole = { input: randomTensor([count, 1, 3, 3], 1), labels: new Uint8Array(count).fill(1) };
  expectTensor(await model.predict(whole), await oracle.predict(whole), "scores");
  const { loss, gradients } = await oracle.gradients(whole);
  const actual = await model.gradients(whole);
  expect(actual.loss).toBeCloseTo(loss, 5);
  expectTensors(actual.gradients, gradients, "gradient");
});
