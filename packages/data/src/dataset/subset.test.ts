import { expect, it } from "vitest";
import { type ImageDataset, isInMemory, readImages, type StoredDataset } from "./dataset.js";
import { firstImages, subset } from "./subset.js";

const dataset: ImageDataset = {
  name: "test",
  classes: 3,
  classNames: ["a", "b", "c"],
  channels: 1,
  height: 1,
  width: 2,
  images: Uint8Array.of(0, 1, 10, 11, 20, 21, 30, 31),
  labels: Uint8Array.of(2, 1, 0, 1),
  count: 4,
};

/** The same images outside memory, in a class as the real ones are, and the batches that were announced. */
class Stored implements StoredDataset {
  readonly name = dataset.name;
  readonly classes = dataset.classes;
  readonly classNames = dataset.classNames;
  readonly channels = 1;
  readonly height = 1;
  readonly width = 2;
  readonly labels = dataset.labels;
  readonly count = dataset.count;
  readonly sha256 = "of all four";
  announced: readonly (readonly number[])[] = [];

  read(positions: Uint32Array): Promise<Uint8Array> {
    return readImages(dataset, positions);
  }

  announce(batches: Iterable<Uint32Array>): void {
    this.announced = Array.from(batches, (batch) => [...batch]);
  }
}

it("takes the first images without copying, all when there are fewer", () => {
  const first = firstImages(dataset, 2);
  expect(first).toMatchObject({ count: 2, images: Uint8Array.of(0, 1, 10, 11), labels: Uint8Array.of(2, 1) });
  expect(first.images.buffer).toBe(dataset.images.buffer);
  expect(firstImages(dataset, 4)).toBe(dataset);
  expect(firstImages(dataset, 5)).toBe(dataset);
  const stored = new Stored();
  expect(firstImages(stored, 4)).toBe(stored);
  for (const wrong of [0, -1, 1.5, Number.NaN])
    expect(() => firstImages(dataset, wrong)).toThrow("positive integer");
});

it("takes images that follow one another without copying, and others as a copy in shared memory", () => {
  const middle = subset(dataset, Uint32Array.of(1, 2));
  expect(middle).toMatchObject({
    count: 2,
    images: Uint8Array.of(10, 11, 20, 21),
    labels: Uint8Array.of(1, 0),
  });
  expect(middle.images.buffer).toBe(dataset.images.buffer);
  const others = subset(dataset, Uint32Array.of(3, 0));
  expect(others).toMatchObject({
    count: 2,
    images: Uint8Array.of(30, 31, 0, 1),
    labels: Uint8Array.of(1, 2),
  });
  expect(others.images.buffer).toBeInstanceOf(SharedArrayBuffer);
});

it("keeps labels of 16 bits", () => {
  const many = { ...dataset, classes: 300, labels: Uint16Array.of(2, 299, 0, 1) };
  expect(subset(many, Uint32Array.of(1, 0)).labels).toEqual(Uint16Array.of(299, 2));
  expect(subset(many, Uint32Array.of(1, 2)).labels).toEqual(Uint16Array.of(299, 0));
});

it("maps the positions of a stored data set, also of a subset of a subset", async () => {
  const stored = new Stored();
  const some = subset(stored, Uint32Array.of(3, 0, 2));
  const last = subset(some, Uint32Array.of(1, 2));
  for (const [source, labels] of [
    [some, [1, 2, 0]],
    [last, [2, 0]],
  ] as const) {
    expect(isInMemory(source)).toBe(false);
    expect(source).toMatchObject({ name: "test", classes: 3, count: labels.length });
    expect([...source.labels]).toEqual(labels);
    // The hash is one of all images.
    expect(source).not.toHaveProperty("sha256");
  }
  expect([...(await readImages(some, Uint32Array.of(2, 0)))]).toEqual([20, 21, 30, 31]);
  expect([...(await readImages(last, Uint32Array.of(1, 0)))]).toEqual([20, 21, 0, 1]);
  if (isInMemory(last)) throw new Error("it is in memory");
  last.announce?.([Uint32Array.of(0), Uint32Array.of(1, 0)]);
  expect(stored.announced).toEqual([[0], [2, 0]]);
  await expect(readImages(last, Uint32Array.of(0, 2))).rejects.toThrow(
    "positions[1]: expected 0 to 1, found 2",
  );
});

it("refuses positions that are not there, and none", () => {
  for (const source of [dataset, new Stored()]) {
    expect(() => subset(source, Uint32Array.of(0, 4))).toThrow("positions[1]: expected 0 to 3, found 4");
    expect(() => subset(source, Uint32Array.of(3, 4))).toThrow("positions[1]: expected 0 to 3, found 4");
    expect(() => subset(source, new Uint32Array())).toThrow("positions: expected at least one, found none");
  }
});
