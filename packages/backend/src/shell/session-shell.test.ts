import { augmentImages, inferLayers, parseArchitecture, SpecError } from "@nin/spec";
import { describe, expect, test } from "vitest";
import type { TrainingBatch } from "../contract/batch.js";
import { BatchError } from "../contract/errors.js";
import type { Engine, SessionSetup, StepPlace } from "./engine.js";
import { modelOf } from "./model-of.js";

const architecture = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "augmented",
  input: { channels: 1, height: 3, width: 4 },
  layers: [{ kind: "flatten" }, { kind: "linear", outFeatures: 300 }],
});
const optimizer = { kind: "sgd", learningRate: 1, momentum: 0, weightDecay: 0 } as const;
const size = { channels: 1, height: 3, width: 4 };
const IMAGE_BYTES = 12;
const dataset = {
  images: Uint8Array.from({ length: 5 * IMAGE_BYTES }, (_, place) => place + 1),
  labels: Uint16Array.of(0, 299, 7, 256, 43),
};
const indices = Uint32Array.of(4, 1, 4);
const LABELS = [43, 299, 43];
const augmentation = { horizontalFlip: 0.5, cropPadding: 1 };
const seed = 2 ** 35 + 9;
const PLACE = { learningRate: 1, epoch: 3 };

/** The images at the indices as they are. */
const gathered = Uint8Array.from(
  [...indices].flatMap((index) => [
    ...dataset.images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES),
  ]),
);

/** An engine that keeps what its sessions are given. */
async function recorder(traits: Pick<Engine, "augments" | "maxDatasetBytes">) {
  const setups: SessionSetup[] = [];
  const steps: (readonly [batch: TrainingBatch, place: StepPlace])[] = [];
  const engine: Engine = {
    realize: () =>
      inferLayers(architecture).map(({ name, outputShape, parameters }) => ({
        name,
        outputShape: [1, ...outputShape],
        parameters: new Map(parameters.map((parameter) => [parameter.name, parameter.shape])),
      })),
    readParameters: () => new Map(),
    writeParameters: () => undefined,
    predict: ({ count }) => ({ shape: [count, 300], data: new Float32Array(count * 300) }),
    activations: () => new Map(),
    gradients: () => ({ loss: 0, gradients: new Map() }),
    openSession: (setup) => {
      setups.push(setup);
      return {
        step: (batch, place) => void steps.push([batch, place]),
        metrics: () => ({ losses: [] }),
        readState: () => ({ parameters: new Map(), optimizer: new Map() }),
        writeState: () => undefined,
        dispose: () => undefined,
      };
    },
    dispose: () => undefined,
    ...traits,
  };
  const imageFormat = { ...size, preprocessing: { mean: 0, std: 1 } };
  const options = { maxBatch: 3, imageFormat };
  return { setups, steps, model: await modelOf(engine, { backend: "toy", architecture, options }) };
}

describe("an augmented step on indices", () => {
  test("is one on augmented images for an engine that does not augment", async () => {
    const { setups, steps, model } = await recorder({});
    const session = await model.train({ optimizer, seed, dataset, augmentation });
    await session.step({ indices }, PLACE);
    expect(setups).toEqual([{ optimizer, seed, dataset }]);
    const images = augmentImages(gathered, size, augmentation, { seed, epoch: 3 }, indices);
    expect(images).not.toEqual(gathered);
    const labels = Uint16Array.from(LABELS);
    expect(steps).toEqual([
      [
        { images, labels, count: 3 },
        { step: 0, ...PLACE },
      ],
    ]);
  });

  test("comes as it is, with its epoch, to an engine that does", async () => {
    const { setups, steps, model } = await recorder({ augments: true });
    const session = await model.train({ optimizer, seed, dataset, augmentation });
    await session.step({ indices }, PLACE);
    expect(setups).toEqual([{ optimizer, seed, dataset, augmentation }]);
    expect(steps).toEqual([
      [
        { indices, count: 3 },
        { step: 0, ...PLACE },
      ],
    ]);
  });

  test.each([false, true])("needs an epoch, where the engine's augmenting is %s", async (augments) => {
    const { steps, model } = await recorder({ augments });
    const session = await model.train({ optimizer, seed, dataset, augmentation });
    const missing = session.step({ indices }, { learningRate: 1 });
    await expect(missing).rejects.toThrow(BatchError);
    await expect(missing).rejects.toThrow(
      "epoch: expected the epoch, from 0, by which images are augmented, got nothing",
    );
    for (const epoch of [-1, 0.5, 2 ** 32, Number.NaN]) {
      await expect(session.step({ indices }, { learningRate: 1, epoch })).rejects.toThrow(
        `epoch: expected an integer from 0 to 2^32-1, got ${epoch}`,
      );
    }
    expect(steps).toEqual([]);
    await session.step({ indices }, { learningRate: 1, epoch: 2 ** 32 - 1 });
    expect((await session.readState()).step).toBe(1);
  });

  test("uses the augmentation that training began with", async () => {
    const { steps, model } = await recorder({});
    const changed = { ...augmentation };
    const session = await model.train({ optimizer, seed, dataset, augmentation: changed });
    changed.cropPadding = 0;
    changed.horizontalFlip = 0;
    await session.step({ indices }, PLACE);
    const images = augmentImages(gathered, size, augmentation, { seed, epoch: 3 }, indices);
    expect(steps[0]?.[0]).toMatchObject({ images });
  });
});

describe("what is not augmented", () => {
  test.each([false, true])("images, where the engine's augmenting is %s", async (augments) => {
    const { steps, model } = await recorder({ augments });
    const session = await model.train({ optimizer, seed, dataset, augmentation });
    const labels = Uint16Array.from(LABELS);
    await session.step({ images: gathered, labels }, { learningRate: 1 });
    expect(steps).toEqual([
      [
        { images: gathered, labels, count: 3 },
        { step: 0, learningRate: 1, epoch: 0 },
      ],
    ]);
  });

  test("anything, by an augmentation that changes nothing: it needs no epoch either", async () => {
    const { setups, steps, model } = await recorder({ augments: true });
    const nothing = { horizontalFlip: 0, cropPadding: 0 };
    const session = await model.train({ optimizer, seed, dataset, augmentation: nothing });
    await session.step({ indices }, { learningRate: 1 });
    expect(setups).toEqual([{ optimizer, seed, dataset }]);
    expect(steps).toEqual([
      [
        { indices, count: 3 },
        { step: 0, learningRate: 1, epoch: 0 },
      ],
    ]);
  });
});

test.each([
  [
    { horizontalFlip: 1.5, cropPadding: 0 },
    "augmentation.horizontalFlip: expected a number in [0, 1], got 1.5",
  ],
  [
    { horizontalFlip: Number.NaN, cropPadding: 0 },
    "augmentation.horizontalFlip: expected a number in [0, 1], got NaN",
  ],
  [
    { horizontalFlip: 0, cropPadding: -1 },
    "augmentation.cropPadding: expected an integer from 0 to 4096, got -1",
  ],
  [
    { horizontalFlip: 0, cropPadding: 0.5 },
    "augmentation.cropPadding: expected an integer from 0 to 4096, got 0.5",
  ],
])("training with %o is refused", async (wrong, message) => {
  const { setups, model } = await recorder({ augments: true });
  const training = model.train({ optimizer, seed, dataset, augmentation: wrong });
  await expect(training).rejects.toThrow(SpecError);
  await expect(training).rejects.toThrow(message);
  expect(setups).toEqual([]);
  await model.train({ optimizer, seed, dataset, augmentation });
});

describe("a data set that the engine does not keep", () => {
  const maxDatasetBytes = dataset.images.length - 1;

  test.each([false, true])("is gathered, where the engine's augmenting is %s", async (augments) => {
    const { setups, steps, model } = await recorder({ augments, maxDatasetBytes });
    const session = await model.train({ optimizer, seed, dataset });
    await session.step({ indices }, { learningRate: 1 });
    expect(setups).toEqual([{ optimizer, seed }]);
    const labels = Uint16Array.from(LABELS);
    expect(steps[0]?.[0]).toEqual({ images: gathered, labels, count: 3 });
    const beyond = session.step({ indices: Uint32Array.of(5) }, { learningRate: 1 });
    await expect(beyond).rejects.toThrow("indices[0]: expected 0 to 4, got 5");
    await session.dispose();
    const augmenting = await model.train({ optimizer, seed, dataset, augmentation });
    await augmenting.step({ indices }, PLACE);
    expect(setups[1]).toEqual({ optimizer, seed });
    const images = augmentImages(gathered, size, augmentation, { seed, epoch: 3 }, indices);
    expect(steps[1]?.[0]).toEqual({ images, labels, count: 3 });
  });

  test("is larger than what it can keep: one of just that size is kept", async () => {
    const { setups, model } = await recorder({ maxDatasetBytes: dataset.images.length });
    await model.train({ optimizer, seed, dataset });
    expect(setups).toEqual([{ optimizer, seed, dataset }]);
  });
});
