import { type ImageDataset, imageDataset } from "@nin/data";
import { loadBackend } from "@nin/registry";
import { at, builtinRecipe, entry, initialParameters, parseArchitecture, present } from "@nin/spec";
import { randomNumbers, smallNinJson } from "@nin/test-support";
import { featureMap } from "@nin/training";
import { describe, expect, it, onTestFinished } from "vitest";
import { explainChannels } from "./explained-channels.js";
import { explainImages } from "./explained-images.js";
import { type ImagePool, ownPool, testPool } from "./image-pool.js";

const COUNT = 90;
const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const architecture = parseArchitecture(smallNinJson);
const random = randomNumbers(5);
const images = Uint8Array.from({ length: COUNT * 64 }, () => 256 * random());
const size = { channels: 1, height: 8, width: 8 };
const labels = Uint8Array.from({ length: COUNT }, (_, position) => position % 10);
const test: ImageDataset = imageDataset({ name: "sets/of-ten", images, labels, classNames: NAMES, ...size });
const notes: string[] = [];
const terminal = { note: (line: string) => notes.push(line) };

async function smallModel() {
  const imageFormat = { ...size, preprocessing: { mean: 0.5, std: 0.25 } };
  const model = await (await loadBackend("reference")).compile(architecture, { maxBatch: 64, imageFormat });
  onTestFinished(() => model.dispose());
  await model.writeParameters(initialParameters(architecture, builtinRecipe("d2l").init, 3));
  return model;
}

describe("a pool", () => {
  const paths = Array.from({ length: COUNT }, (_, position) => `some/${position}.png`);

  it.each<[string, ImagePool, number, (position: number) => object]>([
    [
      "of test images",
      testPool(test, 70, terminal),
      70,
      (position) => ({ label: position % 10, name: NAMES[position % 10] }),
    ],
    [
      "of all test images",
      testPool(test, 1000, terminal),
      COUNT,
      (position) => ({ label: position % 10, name: NAMES[position % 10] }),
    ],
    ["of own images", ownPool({ images, paths }, size), COUNT, (position) => ({ name: `${position}.png` })],
  ])("%s has them in order, and one by one", async (_, pool, count, about) => {
    expect(pool.count).toBe(count);
    const parts: number[] = [];
    for await (const batch of pool.batches(32)) parts.push(...batch.images);
    expect(parts).toEqual([...images.subarray(0, count * 64)]);
    expect(await pool.read(Uint32Array.of(69, 3))).toEqual(
      [69, 3].map((position) => ({
        ...about(position),
        pixels: images.slice(position * 64, (position + 1) * 64),
      })),
    );
  });

  it("says what it is", () => {
    expect(testPool(test, 70, terminal).text).toBe("the first 70 test images of of-ten");
    expect(testPool(test, 90, terminal).text).toBe("the 90 test images of of-ten");
    expect(ownPool({ images: images.subarray(0, 64), paths: ["x.png"] }, size).text).toBe("1 image");
    expect(notes).toEqual([]);
  });
});

describe("explainImages", () => {
  it("gives the most probable classes and the true one, each with its score and the map of which it is the mean", async () => {
    const model = await smallModel();
    const pool = testPool(test, COUNT, terminal);
    const own = await pool.read(Uint32Array.from({ length: COUNT }, (_, position) => position));
    const { images: explained, evidence } = await explainImages(model, own, NAMES);
    expect(evidence).toEqual({ layer: "net.3", height: 4, width: 4, largestDifference: expect.any(Number) });
    expect(present(evidence).largestDifference).toBeLessThan(1e-14);
    expect(explained.map(({ pixels, label, name }) => ({ pixels, label, name }))).toEqual(own);
    for (const { pixels, label, classes } of explained) {
      const data = Array.from((await model.predict({ images: pixels.slice() })).data);
      const order = Array.from(data.keys()).sort((a, b) => at(data, b) - at(data, a) || a - b);
      const expected = order.filter((index, rank) => rank < 3 || index === label);
      expect(classes.map(({ index }) => index)).toEqual(expected);
      const total = data.reduce((sum, score) => sum + Math.exp(score), 0);
      for (const { index, class: name, score, probability, map } of classes) {
        expect([name, score]).toEqual([NAMES[index], data[index]]);
        expect(probability).toBeCloseTo(Math.exp(score) / total, 12);
        const values = present(map).values;
        expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(score, 5);
      }
    }
    expect(new Set(explained.map(({ classes }) => classes.length))).toEqual(new Set([3, 4]));
  });
});

describe("explainChannels", () => {
  it("shows with each image the channel's own map of it, the strongest first", async () => {
    const model = await smallModel();
    const pool = testPool(test, 70, terminal);
    const choice = { layers: ["net.0", "net.3"] };
    const layers = await explainChannels(model, { architecture, classNames: NAMES, pool, choice });
    expect(
      layers.map(({ name, kind, channelCount, selection }) => [name, kind, channelCount, selection]),
    ).toEqual([
      ["net.0", "ninBlock", 6, "all"],
      ["net.3", "ninBlock", 10, "all"],
    ]);
    const outputs = await model.activations({ images: images.slice(0, 64 * 64) });
    const rest = await model.activations({ images: images.slice(64 * 64, 70 * 64) });
    for (const { name, channels, silentCount } of layers) {
      expect(channels.filter((channel) => channel.images.length === 0)).toHaveLength(silentCount);
      for (const { channel, className, images: shown } of channels) {
        expect(className).toBe(name === "net.3" ? NAMES[channel] : undefined);
        const maps = Array.from({ length: 70 }, (_, image) =>
          image < 64
            ? featureMap(entry(outputs, name), image, channel)
            : featureMap(entry(rest, name), image - 64, channel),
        );
        const largest = maps.map(({ values }) => Math.max(...values));
        const order = Array.from(largest.keys()).sort((a, b) => at(largest, b) - at(largest, a) || a - b);
        const expected = order.slice(0, shown.length).map((image) => ({
          pixels: images.slice(image * 64, (image + 1) * 64),
          name: NAMES[image % 10],
          label: image % 10,
          map: at(maps, image),
        }));
        expect(shown.map(({ activation, ...image }) => image)).toEqual(expected);
        expect(shown.map(({ activation }) => Math.fround(activation))).toEqual(
          order.slice(0, shown.length).map((image) => largest[image]),
        );
        expect([0, 8]).toContain(shown.length);
      }
    }
    expect(at(layers, 0).channels.some((channel) => channel.images.length === 8)).toBe(true);
  });
});
