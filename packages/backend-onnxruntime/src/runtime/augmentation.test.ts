import { augmentImages, present } from "@nin/spec";
import { expect, test } from "vitest";
import { toGraphLayout } from "../layouts/parameter-layout.js";
import { architectureOf } from "../testing/architectures.js";
import { cpuPlatform } from "../testing/cpu-platform.js";
import { ADAMW } from "../testing/optimizers.js";
import { heParameters } from "../testing/random-case.js";
import { type FloatTensor, floatTensor } from "./feeds.js";
import { ProgramRunner } from "./program-runner.js";
import type { CheckedBatch } from "./protocol.js";
import { Trainer } from "./trainer.js";

const IMAGES = 9;
const CLASSES = 300;
const SEED = 2 ** 40 + 1;
const size = { channels: 3, height: 6, width: 7 };
const imageBytes = 3 * 6 * 7;
/** Its images are resized. */
const architecture = architectureOf(
  [3, 8, 8],
  [
    { kind: "conv2d", outChannels: 4, kernelSize: 3 },
    { kind: "dropout", rate: 0.3 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: CLASSES },
  ],
);
const dataset = {
  images: Uint8Array.from({ length: IMAGES * imageBytes }, (_, byte) => 1 + ((byte * 7919) % 255)),
  labels: Uint16Array.from({ length: IMAGES }, (_, image) => CLASSES - 1 - image * 31),
};
const augmentation = { horizontalFlip: 0.5, cropPadding: 2 };
const options = {
  architecture,
  device: "cpu",
  threads: 1,
  maxBatch: 4,
  imageFormat: { ...size, preprocessing: { mean: 0.5, std: 0.5 } },
} as const;
/** Two epochs that end in a batch of one. */
const STEPS = [0, 1].flatMap((epoch) =>
  [Uint32Array.of(7, 0, 3, 3), Uint32Array.of(8, 2, 1, 5), Uint32Array.of(4)].map((indices) => ({
    epoch,
    indices,
  })),
);

type StepFeed = (step: (typeof STEPS)[number]) => {
  readonly batch: CheckedBatch;
  readonly labels?: Uint16Array;
};

const onIndices: StepFeed = ({ indices }) => ({ batch: { kind: "indices", count: indices.length, indices } });

const onImages: StepFeed = ({ epoch, indices }) => {
  const chosen = [...indices].flatMap((index) => [
    ...dataset.images.subarray(index * imageBytes, (index + 1) * imageBytes),
  ]);
  const key = { seed: SEED, epoch };
  const images = augmentImages(Uint8Array.from(chosen), size, augmentation, key, indices);
  const labels = Uint16Array.from(indices, (index) => present(dataset.labels[index]));
  return { batch: { kind: "images", count: indices.length, images }, labels };
};

async function trained(feed: StepFeed, microBatch: number, stepsPerRun: number, augments: boolean) {
  const runner = new ProgramRunner({ device: "cpu", threads: 1 }, cpuPlatform);
  const parameters: Record<string, FloatTensor> = Object.fromEntries(
    [...heParameters(architecture, 1)].map(([name, tensor]) => {
      const { shape, data } = toGraphLayout(tensor);
      return [name, floatTensor(data, shape)];
    }),
  );
  const setup = { optimizer: ADAMW, seed: SEED, dataset, ...(augments ? { augmentation } : {}) };
  const trainer = new Trainer(options, runner, microBatch, setup, parameters, { stepsPerRun });
  for (const [step, given] of STEPS.entries()) {
    const { batch, labels } = feed(given);
    await trainer.train(batch, labels, { step, learningRate: 0.01, epoch: given.epoch });
  }
  await trainer.settle();
  await runner.release();
  const weights = Object.entries(parameters).map(([name, { data }]) => [name, Float32Array.from(data)]);
  return { losses: trainer.takeLosses(), weights, state: trainer.optimizerState() };
}

test.each([
  { microBatch: 4, stepsPerRun: 1 },
  { microBatch: 3, stepsPerRun: 1 },
  { microBatch: 4, stepsPerRun: 64 },
  { microBatch: 3, stepsPerRun: 2 },
])("steps on indices, with %o, have the bits of steps on augmented images", async (traits) => {
  const { microBatch, stepsPerRun } = traits;
  const actual = await trained(onIndices, microBatch, stepsPerRun, true);
  expect(actual.losses).toHaveLength(STEPS.length);
  expect(actual).toEqual(await trained(onImages, microBatch, 1, true));
  expect(actual.losses).not.toEqual((await trained(onIndices, microBatch, stepsPerRun, false)).losses);
});
