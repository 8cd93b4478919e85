import { describe, expect, test } from "vitest";
import type { AdapterTraits } from "../device/adapter-traits.js";
import { chooseMicroBatch, microBatches } from "./micro-batches.js";

const traits: AdapterTraits = {
  name: "test",
  software: true,
  subgroups: false,
  half: false,
  tensorCores: [],
  maxBindingBytes: 100,
  features: [],
  limits: {},
};
const memoryOf = (imageBytes: number) => (imageCount: number) => ({
  largestBytes: imageCount * imageBytes,
  totalBytes: imageCount * imageBytes,
});

describe("chooseMicroBatch", () => {
  test.each([
    [1, 128, 64],
    [1, 100, 100],
    [1, 101, 51],
    [51, 7, 1],
    [100, 3, 1],
  ])("of %d bytes an image and at most %d images runs %d at once", (imageBytes, maxBatch, imageCount) => {
    expect(chooseMicroBatch(maxBatch, traits, memoryOf(imageBytes))).toBe(imageCount);
  });

  test("refuses an image that no binding holds, and says how much that is", () => {
    expect(() => chooseMicroBatch(1, traits, memoryOf(101))).toThrow(
      /tensor of 101 bytes .* at most 100 bytes/,
    );
  });
});

test("microBatches covers a batch in order", () => {
  expect(microBatches(5, 2)).toEqual([
    { firstImage: 0, imageCount: 2 },
    { firstImage: 2, imageCount: 2 },
    { firstImage: 4, imageCount: 1 },
  ]);
});
