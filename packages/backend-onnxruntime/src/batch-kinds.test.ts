import { createOnnxRuntimeBackend } from "@nin/backend-onnxruntime";
import { resizeImages } from "@nin/data";
import { expect, test } from "vitest";
import { architectureOf } from "./testing/architectures.js";
import { expectTensors } from "./testing/expect-tensor.js";
import { ADAMW } from "./testing/optimizers.js";
import { heParameters } from "./testing/random-case.js";
import { randomBytes } from "./testing/random-tensors.js";

const MEAN = 0.3;
const STD = 0.5;
const COUNT = 4;
const SIZE = { height: 6, width: 6 };
const images = { channels: 1, ...SIZE, preprocessing: { mean: MEAN, std: STD } };
const architecture = architectureOf(
  [3, 9, 9],
  [
    { kind: "ninBlock", outChannels: 4, kernelSize: 3, stride: 2 },
    { kind: "dropout", rate: 0.3 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 3 },
  ],
);
const dataset = { images: randomBytes(10 * 36, 5), labels: Uint8Array.from([0, 1, 2, 0, 1, 2, 2, 1, 0, 1]) };
const indices = Uint32Array.from([7, 0, 9, 7]);

const chosen = {
  images: Uint8Array.from(
    [...indices].flatMap((index) => [...dataset.images.subarray(index * 36, index * 36 + 36)]),
  ),
  labels: Uint8Array.from(indices, (index) => dataset.labels[index] ?? 0),
};

/** The chosen images as a host would preprocess them. */
const input = {
  shape: [COUNT, 3, 9, 9],
  data: Float32Array.from({ length: COUNT * 3 * 81 }, (_, position) => {
    const resized = resizeImages(chosen.images, SIZE, { height: 9, width: 9 });
    const byte = resized[Math.floor(position / 243) * 81 + (position % 81)] ?? 0;
    return (Math.fround(byte / 255) - Math.fround(MEAN)) / STD;
  }),
};

/** The same numbers enter graphs that the runtime optimizes apart. */
const ROUNDING = 1e-6;

test("images, positions in the data set and inputs are the same batch", async () => {
  const labels = Int32Array.from(chosen.labels);
  const batches = [chosen, { indices }, { input, labels }] as const;
  const states = [];
  for (const batch of batches) {
    await using model = await createOnnxRuntimeBackend().compile(architecture, {
      threads: 1,
      maxBatch: 4,
      images,
    });
    await model.writeParameters(heParameters(architecture, 3));
    const session = await model.train({ optimizer: ADAMW, seed: 8, dataset });
    for (let step = 0; step < 3; step += 1) await session.step(batch, { learningRate: 0.01 });
    const { losses } = await session.metrics();
    const state = await session.readState();
    states.push({ losses, ...state });
    if (!("indices" in batch)) {
      const { gradients } = await model.gradients(batch);
      expect(gradients.size).toBe(state.parameters.size);
    }
  }
  const [byImages, byIndices, byInput] = states;
  if (byImages === undefined || byInput === undefined) throw new Error("no states");
  expect(byIndices).toEqual(byImages);
  byImages.losses.forEach((loss, step) => {
    expect(byInput.losses[step]).toBeCloseTo(loss, 5);
  });
  expectTensors(byInput.parameters, byImages.parameters, "parameter", ROUNDING);
  expectTensors(byInput.optimizer, byImages.optimizer, "state", ROUNDING);
});

test("scores, activations and gradients of images are those of inputs", async () => {
  await using model = await createOnnxRuntimeBackend().compile(architecture, {
    threads: 1,
    maxBatch: 4,
    images,
  });
  await model.writeParameters(heParameters(architecture, 3));
  const labelled = { input, labels: chosen.labels };
  expectTensors(
    new Map([["scores", await model.predict(labelled)], ...(await model.activations(labelled))]),
    new Map([["scores", await model.predict(chosen)], ...(await model.activations(chosen))]),
    "activation",
    ROUNDING,
  );
  const [fromInput, fromImages] = [await model.gradients(labelled), await model.gradients(chosen)];
  expect(fromInput.loss).toBeCloseTo(fromImages.loss, 5);
  expectTensors(fromInput.gradients, fromImages.gradients, "gradient", ROUNDING);
});
