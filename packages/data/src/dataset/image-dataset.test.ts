import { describe, expect, it } from "vitest";
import { DataError } from "./errors.js";
import { type ImageArrays, imageDataset } from "./image-dataset.js";

const ARRAYS: ImageArrays = {
  images: Uint8Array.of(1, 2, 3, 4, 5, 6),
  labels: [1, 0, 1],
  channels: 1,
  height: 1,
  width: 2,
};

describe("imageDataset", () => {
  it("copies arrays into memory that threads share", () => {
    const dataset = imageDataset(ARRAYS);
    expect(dataset).toMatchObject({ name: "images", classes: 2, classNames: ["0", "1"], count: 3 });
    expect([...dataset.images, ...dataset.labels]).toEqual([1, 2, 3, 4, 5, 6, 1, 0, 1]);
    expect(dataset.images.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it("takes an array for each image, names, and more than 256 classes", () => {
    const images = [Uint8Array.of(1, 2), Uint8Array.of(3, 4)];
    const classNames = Array.from({ length: 300 }, (_, index) => `class ${index}`);
    const dataset = imageDataset({
      ...ARRAYS,
      images,
      labels: Uint16Array.of(299, 0),
      classNames,
      name: "mine",
    });
    expect(dataset).toMatchObject({ name: "mine", classes: 300, labels: Uint16Array.of(299, 0) });
    expect([...dataset.images]).toEqual([1, 2, 3, 4]);
  });

  it.each<[Partial<ImageArrays>, string]>([
    [{ channels: 0 }, "channels: expected a positive integer, found 0"],
    [{ width: 1.5 }, "width: expected a positive integer, found 1.5"],
    [{ height: -1 }, "height: expected a positive integer, found -1"],
    [{ labels: [] }, "labels: expected at least one, found none"],
    [{ images: new Uint8Array(5) }, "images: expected 3 images of 2 bytes, 6, found 5"],
    [{ images: [new Uint8Array(2)] }, "images: expected one for each of 3 labels, found 1"],
    [
      { images: [1, 2, 3].map((size) => new Uint8Array(size)) },
      "images[0]: expected a Uint8Array of 2 bytes, found 1",
    ],
    [{ labels: [0, -1, 1] }, "labels[1]: expected an integer from 0 to 1, found -1"],
    [{ labels: [0, 0.5, 1] }, "labels[1]: expected an integer from 0 to"],
    [{ labels: [0, 1, Number.NaN] }, "labels[2]: expected an integer from 0 to"],
    [{ labels: [0, 1, 1e9] }, "labels[2]: expected an integer from 0 to 1, found 1000000000"],
    [{ labels: [0, 0, 0] }, "classNames: expected 2 to 65535, found 1"],
    [{ classNames: ["a", "b"], labels: [0, 1, 2] }, "labels[2]: expected an integer from 0 to 1, found 2"],
    [{ classNames: ["a", "a"] }, 'classNames: expected names that differ, found "a" twice'],
    [{ classNames: ["a"] }, "classNames: expected 2 to 65535, found 1"],
  ])("refuses %j", (changes, message) => {
    const make = () => imageDataset({ ...ARRAYS, ...changes });
    expect(make).toThrow(DataError);
    expect(make).toThrow(message);
  });
});
