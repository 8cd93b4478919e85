import { expect, it } from "vitest";
import { gatherImages, type ImageDataset, shareableBytes } from "./dataset.js";

const dataset: ImageDataset = {
  name: "test",
  classes: 3,
  classNames: ["a", "b", "c"],
  channels: 1,
  height: 1,
  width: 2,
  images: Uint8Array.of(0, 1, 10, 11, 20, 21),
  labels: Uint8Array.of(2, 1, 0),
  count: 3,
};

it("gathers images and labels by position", () => {
  const batch = gatherImages(dataset, Uint32Array.of(2, 0, 2));
  expect([...batch.images]).toEqual([20, 21, 0, 1, 20, 21]);
  expect([...batch.labels]).toEqual([0, 2, 0]);
  expect(() => gatherImages(dataset, Uint32Array.of(0, 3))).toThrow("indices[1]: expected 0 to 2, found 3");
});

it("allocates memory that threads share", () => {
  expect(shareableBytes(3).buffer).toBeInstanceOf(SharedArrayBuffer);
  expect([...shareableBytes(3)]).toEqual([0, 0, 0]);
});
