import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { at } from "@nin/spec";
import { randomNumbers } from "@nin/test-support";
import { beforeEach, describe, expect, it } from "vitest";
import { isInMemory, type StoredDataset } from "../dataset/dataset.js";
import { emptyFolder } from "../testing/idx-folder.js";
import { SAMPLE_BYTES, sampleImages, sampleStream } from "../testing/sample-stream.js";
import {
  type CacheContent,
  cacheContentOf,
  cacheFileBytes,
  checksumsStart,
  HEADER_BYTES,
} from "./cache-file.js";
import { CacheFileReader } from "./cache-file-reader.js";
import { materialize } from "./materialize.js";

const COUNT = 20;
const ALL = Uint32Array.from({ length: COUNT }, (_, position) => position);
const stream = sampleStream({ count: COUNT });
let content: CacheContent;
let whole: Buffer;
let folder: string;
let path: string;

/** The stored data set of a folder. */
async function storedIn(cacheFolder: string, changed = stream): Promise<StoredDataset> {
  const source = await materialize(changed, { memoryBytes: 0, cacheFolder });
  if (isInMemory(source)) throw new Error("it is in memory");
  return source;
}

beforeEach(async () => {
  folder = await emptyFolder();
  const source = await storedIn(folder);
  await source.dispose?.();
  const [name = ""] = await readdir(join(folder, "images"));
  path = join(folder, "images", name);
  whole = await readFile(path);
  content = cacheContentOf(stream.key, source);
});

it("begins with text, is as long as it says, and is read back", () => {
  expect(whole.toString("utf8")).toMatch(
    /^nin-images 1 [0-9a-f]{8}\n\{"identity":"[0-9a-f]{64}","channels":3,/,
  );
  expect(whole.length).toBe(cacheFileBytes(content));
  const reader = CacheFileReader.open(path, content);
  expect(reader?.read(ALL)).toEqual(sampleImages(ALL));
  reader?.close();
});

/** All images of the file, or what kept it from being read. */
function readAll(): Uint8Array | string {
  const reader = CacheFileReader.open(path, content);
  try {
    return reader === undefined ? "unusable" : reader.read(ALL);
  } catch (error) {
    return (error as Error).message;
  } finally {
    reader?.close();
  }
}

describe("a file with a changed byte", () => {
  it("is not used where the header or the checksums were changed, wherever that is", async () => {
    const random = randomNumbers(18);
    const end = checksumsStart(content);
    // The text at the beginning, some of the spaces after it, and all checksums.
    const places = Array.from({ length: whole.length }, (_, place) => place).filter(
      (place) => place < 350 || (place < HEADER_BYTES && place % 37 === 0) || place >= end,
    );
    for (const place of places) {
      const bytes = Buffer.from(whole);
      bytes[place] = at(bytes, place) ^ (1 << Math.floor(random() * 8));
      await writeFile(path, bytes);
      expect({ place, found: readAll() }).toEqual({ place, found: "unusable" });
    }
  });

  it("gives every image but the one that was changed", async () => {
    for (let place = HEADER_BYTES; place < checksumsStart(content); place += 17) {
      const bytes = Buffer.from(whole);
      bytes[place] = at(bytes, place) ^ 4;
      await writeFile(path, bytes);
      const changed = Math.floor((place - HEADER_BYTES) / SAMPLE_BYTES);
      expect(readAll()).toBe(`other bytes in image ${changed}`);
      const others = ALL.filter((position) => position !== changed);
      const reader = CacheFileReader.open(path, content);
      expect(Buffer.from(sampleImages(others)).equals(reader?.read(others) ?? new Uint8Array())).toBe(true);
      reader?.close();
    }
  });
});

it("is not used when it was cut short or continued, wherever that is", async () => {
  for (let length = 0; length < whole.length; length += 97) {
    await writeFile(path, whole.subarray(0, length));
    expect(readAll()).toBe("unusable");
  }
  await writeFile(path, Buffer.concat([whole, Buffer.of(0)]));
  expect(readAll()).toBe("unusable");
});

it("is cut short while it is read: an error, never zeros", async () => {
  const reader = CacheFileReader.open(path, content);
  await truncate(path, HEADER_BYTES + SAMPLE_BYTES + 1);
  expect(reader?.read(Uint32Array.of(0))).toEqual(sampleImages([0]));
  expect(() => reader?.read(Uint32Array.of(1))).toThrow("a file that was cut short");
  reader?.close();
});

describe("materialize", () => {
  it("makes a file anew that is damaged, of an earlier version, or another one's", async () => {
    const other = await emptyFolder();
    await (await storedIn(other, sampleStream({ count: COUNT, key: "other" }))).dispose?.();
    const [foreign = ""] = await readdir(join(other, "images"));
    const contents = [
      whole.subarray(0, -1),
      Buffer.alloc(whole.length),
      Buffer.from(whole.toString("latin1").replace("nin-images 1", "nin-images 0"), "latin1"),
      await readFile(join(other, "images", foreign)),
      Buffer.alloc(0),
    ];
    for (const [index, bytes] of contents.entries()) {
      await writeFile(path, bytes);
      const before = stream.decoded();
      const source = await storedIn(folder);
      expect(await source.read(ALL)).toEqual(sampleImages(ALL));
      expect({ index, decoded: stream.decoded() - before }).toEqual({ index, decoded: 1 });
      await source.dispose?.();
      expect(await readFile(path)).toEqual(whole);
    }
  });

  it("says which file is damaged where an image is, and what to do", async () => {
    const bytes = Buffer.from(whole);
    bytes.fill(0, HEADER_BYTES, HEADER_BYTES + SAMPLE_BYTES);
    await writeFile(path, bytes);
    const source = await storedIn(folder);
    const problem =
      "expected a readable cache of decoded images (remove the file, and it is made anew), found other bytes in image 0";
    await expect(source.read(Uint32Array.of(2, 0))).rejects.toThrow(`${path}: ${problem}`);
    expect(await source.read(Uint32Array.of(2))).toEqual(sampleImages([2]));
    await source.dispose?.();
    await rm(path);
    const anew = await storedIn(folder);
    expect(await anew.read(ALL)).toEqual(sampleImages(ALL));
    await anew.dispose?.();
  });
});
