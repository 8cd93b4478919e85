import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ImageDataset } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { syntheticDataset } from "./synthetic.js";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("syntheticDataset", () => {
  it("has ten balanced classes of 28x28 grey images", () => {
    const { train, test } = syntheticDataset({ train: 95, test: 20 });
    expect(train).toMatchObject({
      name: "synthetic",
      classes: 10,
      channels: 1,
      height: 28,
      width: 28,
      count: 95,
    });
    expect(new Set(train.classNames).size).toBe(10);
    expect(train.images.length).toBe(95 * 784);
    expect([...test.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("is the same everywhere", () => {
    const { train, test } = syntheticDataset({ seed: 5, train: 100, test: 100 });
    expect(sha256(train.images)).toBe("b31951c22b71605b4b93954a3fe66ab9fc061b3008de6a485b82570758255df4");
    expect(sha256(test.images)).toBe("f7933e18c0ca9fbfbaabecab03df42e57d78a478dfcd963fc96df1ca3273dd03");
  });

  it("draws an image from its seed, split and position alone", () => {
    const { train, test } = syntheticDataset({ train: 30, test: 30 });
    expect(syntheticDataset({ train: 10, test: 1 }).train.images).toEqual(train.images.slice(0, 10 * 784));
    expect(sha256(test.images)).not.toBe(sha256(train.images));
    expect(sha256(syntheticDataset({ seed: 2 ** 32, train: 30 }).train.images)).not.toBe(
      sha256(train.images),
    );
  });

  it("never repeats an image", () => {
    const { train } = syntheticDataset({ train: 500, test: 1 });
    const hashes = Array.from({ length: 500 }, (_, index) =>
      sha256(train.images.slice(index * 784, (index + 1) * 784)),
    );
    expect(new Set(hashes).size).toBe(500);
  });

  it("can be learned, but not by a template for each class", () => {
    const { train, test } = syntheticDataset({ train: 3000, test: 200 });
    const means = classMeans(train);
    const templates = accuracy(test, (image) => nearest(image, means).position);
    expect(templates).toBeGreaterThan(0.15);
    expect(templates).toBeLessThan(0.5);
    const examples = Array.from({ length: train.count }, (_, index) => imageAt(train, index));
    const neighbours = accuracy(test, (image) => train.labels[nearest(image, examples).position] ?? -1);
    expect(neighbours).toBeGreaterThan(0.7);
    expect(neighbours).toBeLessThan(0.98);
  });

  it.each([[8], [33]])("draws images of %i pixels", (size) => {
    const { train } = syntheticDataset({ train: 10, test: 1, size });
    expect(train).toMatchObject({ height: size, width: size });
    expect(train.images.length).toBe(10 * size * size);
    for (let index = 0; index < 10; index += 1)
      expect(Math.max(...imageAt(train, index))).toBeGreaterThan(70);
  });

  it.each([{ seed: -1 }, { train: 0 }, { test: 1.5 }, { size: 7 }, { size: 1025 }])("refuses %j", (wrong) => {
    expect(() => syntheticDataset(wrong)).toThrow(DataError);
  });
});

function imageAt({ images, height, width }: ImageDataset, index: number): Uint8Array {
  return images.subarray(index * height * width, (index + 1) * height * width);
}

function classMeans(dataset: ImageDataset): readonly Float64Array[] {
  const means = dataset.classNames.map(() => new Float64Array(784));
  dataset.labels.forEach((label, index) => {
    const image = imageAt(dataset, index);
    means[label]?.forEach((_, pixel, mean) => {
      mean[pixel] = (mean[pixel] ?? 0) + ((image[pixel] ?? 0) * dataset.classes) / dataset.count;
    });
  });
  return means;
}

function nearest(image: Uint8Array, candidates: readonly ArrayLike<number>[]) {
  let best = { position: -1, distance: Number.POSITIVE_INFINITY };
  candidates.forEach((candidate, position) => {
    let distance = 0;
    for (let pixel = 0; pixel < image.length; pixel += 1) {
      distance += ((image[pixel] ?? 0) - (candidate[pixel] ?? 0)) ** 2;
    }
    if (distance < best.distance) best = { position, distance };
  });
  return best;
}

function accuracy(test: ImageDataset, classify: (image: Uint8Array) => number): number {
  let correct = 0;
  for (let index = 0; index < test.count; index += 1) {
    if (classify(imageAt(test, index)) === test.labels[index]) correct += 1;
  }
  return correct / test.count;
}
