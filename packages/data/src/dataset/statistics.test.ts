import { expect, test } from "vitest";
import type { StoredDataset } from "./dataset.js";
import { imageDataset } from "./image-dataset.js";
import { imageStatistics } from "./statistics.js";

const COUNT = 37;
const PIXELS = 5 * 7;
const images = Uint8Array.from(
  { length: COUNT * 3 * PIXELS },
  (_, index) => (index * index + 17 * index) % 251,
);
const dataset = imageDataset({
  images,
  labels: Array.from({ length: COUNT }, (_, index) => index % 2),
  channels: 3,
  height: 5,
  width: 7,
});
/** The same images, read in parts. */
const { images: _, ...described } = dataset;
const stored = {
  ...described,
  read: async (positions: Uint32Array) =>
    Uint8Array.from(
      [...positions].flatMap((at) => [...images.subarray(at * 3 * PIXELS, (at + 1) * 3 * PIXELS)]),
    ),
} as unknown as StoredDataset;

test.each([
  ["in memory", dataset],
  ["in a file", stored],
])("mean and standard deviation of each channel, of images %s", async (_where, source) => {
  const { mean, std } = await imageStatistics(source);
  for (const channel of [0, 1, 2]) {
    const values = Array.from({ length: COUNT * PIXELS }, (_unused, index) => {
      const [image, pixel] = [Math.floor(index / PIXELS), index % PIXELS];
      return (images[(image * 3 + channel) * PIXELS + pixel] ?? Number.NaN) / 255;
    });
    const expected = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - expected) ** 2, 0) / values.length;
    expect(mean[channel]).toBeCloseTo(expected, 12);
    expect(std[channel]).toBeCloseTo(Math.sqrt(variance), 12);
  }
});
