import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type ImageSource, isInMemory, type StoredDataset } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { emptyFolder } from "../testing/idx-folder.js";
import { SAMPLE_BYTES, sampleImage, sampleImages, sampleStream } from "../testing/sample-stream.js";
import { imageCache } from "./cache-folder.js";
import { type MaterializeProgress, materialize } from "./materialize.js";

const COUNT = 50;

function stored(source: ImageSource): StoredDataset {
  if (isInMemory(source)) throw new Error("it is in memory");
  return source;
}

it("keeps in memory that threads share what fits, to the last byte", async () => {
  const cacheFolder = await emptyFolder();
  const source = await materialize(sampleStream(), { memoryBytes: COUNT * SAMPLE_BYTES, cacheFolder });
  if (!isInMemory(source)) throw new Error("it is stored");
  expect(source.images).toEqual(sampleImages(Array(COUNT).keys()));
  expect(source.images.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(source.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(source).toMatchObject({ name: "sample", classes: 3, classNames: ["a", "b", "c"], count: COUNT });
  expect(await readdir(cacheFolder)).toEqual([]);
  const larger = await materialize(sampleStream(), { memoryBytes: COUNT * SAMPLE_BYTES - 1, cacheFolder });
  await stored(larger).dispose?.();
});

it("stores what does not fit, and decodes it once", async () => {
  const cacheFolder = await emptyFolder();
  const stream = sampleStream();
  const progress: MaterializeProgress[] = [];
  const onProgress = (now: MaterializeProgress) => progress.push(now);
  for (let time = 0; time < 2; time += 1) {
    const source = stored(await materialize(stream, { memoryBytes: 0, cacheFolder, onProgress }));
    const positions = Uint32Array.of(49, 3, 4, 5, 0, 0, 48);
    expect(await source.read(positions)).toEqual(sampleImages(positions));
    expect(source).toMatchObject({ channels: 3, height: 4, width: 5, count: COUNT, labels: stream.labels });
    const all = sampleImages(Array(COUNT).keys());
    expect(source.sha256).toBe(createHash("sha256").update(all).update(stream.labels).digest("hex"));
    expect(stream.decoded()).toBe(1);
    await source.dispose?.();
  }
  const { folder, files, sizeBytes } = await imageCache(cacheFolder);
  const [name = ""] = await readdir(folder);
  expect(progress).toEqual([{ count: COUNT, totalCount: COUNT, file: join(folder, name) }]);
  expect({ files, sizeBytes }).toEqual({ files: 1, sizeBytes: (await stat(join(folder, name))).size });
  if (process.platform !== "win32") expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

it("stores another file for another key, shape or label", async () => {
  const cacheFolder = await emptyFolder();
  const labels = new Uint8Array(COUNT).fill(2);
  for (const change of [{}, { key: "other" }, { height: 5, width: 4 }, { labels }]) {
    const source = stored(await materialize(sampleStream(change), { memoryBytes: 0, cacheFolder }));
    expect(source.labels).toEqual(change.labels ?? sampleStream().labels);
    await source.dispose?.();
  }
  expect((await imageCache(cacheFolder)).files).toBe(4);
});

it("keeps labels of 16 bits where there are more than 256 classes, and only there", async () => {
  const labels = Uint16Array.from({ length: COUNT }, (_, position) => position);
  const cacheFolder = await emptyFolder();
  for (const memoryBytes of [0, 1e6]) {
    const many = await materialize(sampleStream({ labels, classes: 300 }), { memoryBytes, cacheFolder });
    expect(many.labels).toEqual(labels);
    const few = await materialize(sampleStream({ labels, classes: 256 }), { memoryBytes, cacheFolder });
    expect(few.labels).toEqual(Uint8Array.from(labels));
    for (const source of [many, few]) if (!isInMemory(source)) await source.dispose?.();
  }
});

it("leaves nothing behind when the stream fails, gives something else, or is interrupted", async () => {
  const cacheFolder = await emptyFolder();
  const interrupt = new AbortController();
  const reason = new Error("Ctrl-C");
  async function* images(given: number, sizeBytes = SAMPLE_BYTES, error?: Error) {
    for (let position = 0; position < given; position += 1)
      yield sampleImage(position).subarray(0, sizeBytes);
    if (error !== undefined) throw error;
  }
  async function* endless() {
    for (;;) {
      interrupt.abort(reason);
      yield sampleImage(0);
    }
  }
  const cases = [
    [() => images(7, SAMPLE_BYTES, new DataError("7.png", "a PNG", "a text")), "7.png: expected a PNG"],
    [() => images(COUNT - 1), "sample: expected 50 images, found 49"],
    [() => images(COUNT + 1), "sample: expected 50 images, found more"],
    [() => images(COUNT, SAMPLE_BYTES - 1), "sample: expected 60 bytes in image 0, found 59"],
    [endless, "Ctrl-C"],
  ] as const;
  for (const memoryBytes of [0, 1e9]) {
    for (const [decode, message] of cases) {
      const count = decode === endless ? 500_000 : COUNT;
      const stream = sampleStream({ decode, count, labels: new Uint8Array(count) });
      const signal = decode === endless ? interrupt.signal : new AbortController().signal;
      await expect(materialize(stream, { memoryBytes, cacheFolder, signal })).rejects.toThrow(message);
    }
  }
  const wrongLabels = materialize(sampleStream({ labels: new Uint8Array(3) }));
  await expect(wrongLabels).rejects.toThrow("sample: expected 50 labels, found 3");
  expect(await imageCache(cacheFolder)).toMatchObject({ files: 0, sizeBytes: 0 });
});

it("takes the file of another process that was faster when its own cannot take its place", async () => {
  const cacheFolder = await emptyFolder();
  const { folder } = await imageCache(cacheFolder);
  async function* decode() {
    const other = await materialize(sampleStream(), { memoryBytes: 0, cacheFolder });
    await stored(other).dispose?.();
    for (const name of await readdir(folder)) if (name.endsWith(".part")) await rm(join(folder, name));
    yield* sampleStream().decode();
  }
  const source = stored(await materialize(sampleStream({ decode }), { memoryBytes: 0, cacheFolder }));
  expect(await source.read(Uint32Array.of(7))).toEqual(sampleImage(7));
  await source.dispose?.();
  expect(await imageCache(cacheFolder)).toMatchObject({ files: 1 });
});

it("refuses a cache that cannot be one, in one line", async () => {
  const cacheFolder = await emptyFolder();
  const file = join(cacheFolder, "file");
  await writeFile(file, "");
  await expect(materialize(sampleStream(), { memoryBytes: 0, cacheFolder: file })).rejects.toThrow(
    /file\/images: expected a folder where 0 MiB of decoded images can be stored \([^\n]*\), found part of the path is not a folder$/,
  );
  const source = stored(await materialize(sampleStream(), { memoryBytes: 0, cacheFolder }));
  await source.dispose?.();
  const { folder } = await imageCache(cacheFolder);
  const other = await emptyFolder();
  const [name = ""] = await readdir(folder);
  await mkdir(join(other, "images", name), { recursive: true });
  const inTheWay = materialize(sampleStream(), { memoryBytes: 0, cacheFolder: other });
  await expect(inTheWay).rejects.toThrow("expected a cache of decoded images, or nothing, found something");
});
