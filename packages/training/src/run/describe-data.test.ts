import { createHash, randomFillSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstImages, type ImageDataset, isInMemory, type StoredDataset } from "@nin/data";
import { materialize } from "@nin/data/node";
import { expect, it, onTestFinished, vi } from "vitest";
import { smallData } from "../testing/small-training.js";
import { describeData } from "./describe-data.js";

function hashOf({ images, labels }: ImageDataset): string {
  return createHash("sha256").update(images).update(labels).digest("hex");
}

/** The same images in a cache file, and how many images were read from it. */
async function storedCopy(dataset: ImageDataset): Promise<StoredDataset> {
  const cacheFolder = await mkdtemp(join(tmpdir(), "nin-describe-"));
  onTestFinished(() => rm(cacheFolder, { recursive: true, force: true }));
  const { count, images } = dataset;
  const size = images.length / count;
  async function* decode() {
    for (let index = 0; index < count; index += 1) yield images.slice(index * size, (index + 1) * size);
  }
  const stored = await materialize({ ...dataset, key: "k", decode }, { memoryBytes: 0, cacheFolder });
  if (isInMemory(stored)) throw new Error("it is in memory");
  onTestFinished(() => stored.dispose?.());
  return stored;
}

it("hashes images, then labels, also of more than one part and of 16 bits", async () => {
  const large: ImageDataset = {
    ...smallData.test,
    count: 3,
    height: 1,
    width: 2 ** 23 + 1,
    images: randomFillSync(new Uint8Array(3 * (2 ** 23 + 1))),
    labels: Uint16Array.of(1, 256, 2),
  };
  const { train, test, ...rest } = await describeData({ train: smallData.train, test: large }, "here", 7);
  expect(train).toEqual({ count: smallData.train.count, sha256: hashOf(smallData.train) });
  expect(test).toEqual({ count: 3, sha256: hashOf(large) });
  const { classNames, channels, height, width } = smallData.train;
  expect(rest).toEqual({ source: "here", limit: 7, classNames, image: { channels, height, width } });
});

it("gives the same hash for the same bytes in a file, without reading them", async () => {
  const stored = await storedCopy(smallData.train);
  const read = vi.spyOn(stored, "read");
  const described = await describeData({ train: stored, test: smallData.test }, "here");
  expect(described).toEqual(await describeData(smallData, "here"));
  expect(read).not.toHaveBeenCalled();
});

it("reads the first images of a stored data set once", async () => {
  const limited = firstImages(await storedCopy(smallData.train), 3);
  if (isInMemory(limited)) throw new Error("it is in memory");
  const read = vi.spyOn(limited, "read");
  const pair = { train: limited, test: smallData.test };
  const expected = hashOf(firstImages(smallData.train, 3));
  expect((await describeData(pair, "here", 3)).train).toEqual({ count: 3, sha256: expected });
  expect((await describeData(pair, "here", 3)).train).toEqual({ count: 3, sha256: expected });
  expect(read).toHaveBeenCalledTimes(1);
});

it("ends when the signal aborts", async () => {
  const reason = new Error("Ctrl-C");
  await expect(describeData(smallData, "here", null, AbortSignal.abort(reason))).rejects.toBe(reason);
});
