import { augmentImages, type DropoutMaskKey, fillDropoutMask } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { randomInput, smallImages, smallModel } from "./testing/small-model.js";

const SGD = { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 } as const;
const batch = { input: randomInput(4), labels: Uint8Array.from([0, 1, 2, 0]) };
const rate = { learningRate: 0.1 };

describe("steps", () => {
  test("dropout asks for its mask by seed, position, rate and the run's step", async () => {
    const asked: (readonly [DropoutMaskKey, number, number])[] = [];
    const model = await smallModel(
      {},
      {
        dropoutMask: (mask, start, kept) => {
          asked.push([mask, start, kept.length]);
          fillDropoutMask(mask, start, kept);
        },
      },
    );
    const session = await model.train({ optimizer: SGD, seed: 3, firstStep: 5 });
    await session.step(batch, rate);
    await session.step(batch, rate);
    await session.evaluate(batch);
    await session.metrics();
    const key = { seed: 3, layerIndex: 2, rate: 0.5 };
    expect(asked).toEqual([
      [{ ...key, step: 5 }, 0, 32],
      [{ ...key, step: 6 }, 0, 32],
    ]);
  });

  test("with every unit kept and rate 0.5, a step is that of a network whose pool is doubled", async () => {
    const keepAll = { dropoutMask: (_: DropoutMaskKey, __: number, kept: Uint8Array) => void kept.fill(1) };
    const model = await smallModel({}, keepAll);
    const parameters = new Map(await model.readParameters());
    const doubled = await smallModel();
    const weight = parameters.get("net.4.weight");
    if (weight === undefined) throw new Error("net.4.weight is missing");
    await doubled.writeParameters(
      parameters.set("net.4.weight", { ...weight, data: Float64Array.from(weight.data, (w) => 2 * w) }),
    );
    const session = await model.train({ optimizer: SGD, seed: 0 });
    await session.step(batch, rate);
    const { losses } = await session.metrics();
    expect(losses[0]).toBeCloseTo((await doubled.gradients(batch)).loss, 14);
  });
});

test("a step on indices is one on the augmented images at them, with their labels, by seed and epoch", async () => {
  const dataset = {
    images: Uint8Array.from({ length: 5 * 16 }, (_, byte) => byte * 3 + 1),
    labels: Uint16Array.of(2, 0, 1, 1, 0),
  };
  const augmentation = { horizontalFlip: 0.5, cropPadding: 2 };
  const indices = Uint32Array.of(4, 1, 2);
  const [seed, epoch] = [2 ** 34 + 1, 6];
  const results = [];
  for (const given of ["indices", "images"] as const) {
    const model = await smallModel({ imageFormat: smallImages });
    const session = await model.train({ optimizer: SGD, seed, dataset, augmentation });
    const images = Uint8Array.from(
      [...indices].flatMap((index) => [...dataset.images.subarray(16 * index, 16 * index + 16)]),
    );
    const augmented = augmentImages(images, smallImages, augmentation, { seed, epoch }, indices);
    const labels = Uint8Array.of(0, 0, 1);
    await session.step(given === "indices" ? { indices } : { images: augmented, labels }, { ...rate, epoch });
    results.push([await session.metrics(), await session.readState()]);
  }
  expect(results[0]).toEqual(results[1]);
});

test("a seed that cannot be is refused", async () => {
  const model = await smallModel();
  await expect(model.train({ optimizer: SGD, seed: -1 })).rejects.toThrow(RangeError);
});
