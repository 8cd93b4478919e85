import { builtinArchitecture } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { DEVICE_TRAITS } from "./device-traits.js";
import { microBatchImages } from "./micro-batch.js";

describe("the images of a micro-batch", () => {
  it.each([
    ["nin", 128, 8],
    ["nin", 32, 8],
    ["nin", 1, 1],
    ["nin", 3, 3],
    ["nin", 10, 5],
    ["nin-mnist", 128, 32],
  ])("of %s in batches of %i are %i", (name, maxBatch, images) => {
    expect(microBatchImages(builtinArchitecture(name), maxBatch, DEVICE_TRAITS.cpu.microBatch)).toBe(images);
  });

  it("fill a batch up by less than half a micro-batch, and are never more than the batch", () => {
    const nin = builtinArchitecture("nin-cifar10");
    for (let maxBatch = 1; maxBatch <= 300; maxBatch += 1) {
      const images = microBatchImages(nin, maxBatch, DEVICE_TRAITS.cpu.microBatch);
      expect(images).toBeLessThanOrEqual(maxBatch);
      expect(Math.ceil(maxBatch / images) * images - maxBatch).toBeLessThan(images);
    }
  });
});
