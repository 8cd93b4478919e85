import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ImageDataset, imageDataset, isInMemory } from "@nin/data";
import { materialize } from "@nin/data/node";
import { loadBackend } from "@nin/registry";
import { at, builtinRecipe, initialParameters, parseArchitecture } from "@nin/spec";
import { randomNumbers, smallNinJson, threeClassJson } from "@nin/test-support";
import { describe, expect, it, onTestFinished } from "vitest";
import { chooseSamples, predictSamples } from "./choose-samples.js";

const COUNT = 300;
const SIZE = 16;
const random = randomNumbers(18);
const test: ImageDataset = {
  name: "test",
  classes: 3,
  classNames: ["a", "b", "c"],
  channels: 1,
  height: 4,
  width: 4,
  images: Uint8Array.from({ length: COUNT * SIZE }, () => 256 * random()),
  labels: Uint8Array.from({ length: COUNT }, (_, position) => position % 3),
  count: COUNT,
};

describe("predictSamples", () => {
  it("shows the same samples of images in memory and in a file, each with its pixels", async () => {
    const cacheFolder = await mkdtemp(join(tmpdir(), "nin-samples-"));
    onTestFinished(() => rm(cacheFolder, { recursive: true, force: true }));
    async function* decode() {
      for (let start = 0; start < test.images.length; start += SIZE)
        yield test.images.slice(start, start + SIZE);
    }
    const stored = await materialize({ ...test, key: "k", decode }, { memoryBytes: 0, cacheFolder });
    if (isInMemory(stored)) throw new Error("it is in memory");
    onTestFinished(() => stored.dispose?.());
    const architecture = parseArchitecture(threeClassJson);
    const model = await (await loadBackend("reference")).compile(architecture, {
      maxBatch: 5,
      imageFormat: { channels: 1, height: 4, width: 4, preprocessing: { mean: 0.5, std: 0.5 } },
    });
    onTestFinished(() => model.dispose());
    await model.writeParameters(initialParameters(architecture, builtinRecipe("d2l").init, 0));
    const samples = await predictSamples(model, test, 5);
    expect(await predictSamples(model, stored, 5)).toEqual(samples);
    expect(samples).toHaveLength(40);
    expect(samples.some(({ map }) => map !== undefined)).toBe(false);
    for (const { pixels, label, prediction, probability } of samples) {
      const position = Buffer.from(test.images).indexOf(pixels) / SIZE;
      expect(position).toBeLessThan(256);
      expect(label).toBe(position % 3);
      const { data } = await model.predict({ images: pixels.slice() });
      expect(prediction).toBe(data.indexOf(Math.max(...data)));
      expect(probability).toBeGreaterThanOrEqual(1 / 3);
    }
  });
});

it("predictSamples has the class activation map of each prediction, also of parts of a batch", async () => {
  const architecture = parseArchitecture(smallNinJson);
  const images = Uint8Array.from({ length: 30 * 64 }, () => 256 * random());
  const labels = Uint8Array.from({ length: 30 }, (_, position) => position % 10);
  const data = { name: "test", images, labels, channels: 1, height: 8, width: 8 };
  const imageFormat = { channels: 1, height: 8, width: 8, preprocessing: { mean: 0.5, std: 0.5 } };
  const model = await (await loadBackend("reference")).compile(architecture, { maxBatch: 7, imageFormat });
  onTestFinished(() => model.dispose());
  await model.writeParameters(initialParameters(architecture, builtinRecipe("d2l").init, 0));
  const samples = await predictSamples(model, imageDataset(data), 7);
  expect(samples).toHaveLength(30);
  for (const { pixels, prediction, map } of samples) {
    const { data: scores } = await model.predict({ images: pixels.slice() });
    const values = [...(map?.values ?? [])];
    expect([map?.height, map?.width]).toEqual([4, 4]);
    expect(values.reduce((sum, value) => sum + value, 0) / 16).toBeCloseTo(at(scores, prediction), 5);
  }
});

describe("chooseSamples", () => {
  it("takes right and wrong ones of each class, ordered by label, right ones first", () => {
    const labels = [1, 0, 0, 0, 1, 1];
    const predictions = [1, 0, 0, 1, 1, 0];
    expect(chooseSamples(labels, predictions, 4)).toEqual([1, 3, 0, 5]);
  });

  it("takes what there is where a class has only one kind", () => {
    expect(chooseSamples([0, 0, 0, 1], [0, 0, 0, 0], 3)).toEqual([0, 1, 3]);
  });

  it("shows both kinds when there are more classes than samples", () => {
    const labels = Uint8Array.from({ length: 200 }, (_, index) => index % 100);
    const predictions = labels.map((label, index) => (index < 100 ? label : (label + 1) % 100));
    const chosen = chooseSamples(labels, predictions, 40);
    const right = chosen.filter((position) => labels[position] === predictions[position]);
    expect(chosen).toHaveLength(40);
    expect(right).toHaveLength(20);
  });

  it("never takes one twice, nor more than there are", () => {
    const labels = [0, 1, 2, 0, 1, 2, 0];
    const chosen = chooseSamples(labels, [0, 0, 0, 0, 0, 0, 1], 50);
    expect([...chosen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(chooseSamples(labels, labels, 0)).toEqual([]);
    expect(chooseSamples([], [], 5)).toEqual([]);
  });

  it("refuses predictions of other images", () => {
    expect(() => chooseSamples([0, 1], [0], 1)).toThrow("2 labels, but 1 predictions");
  });
});
