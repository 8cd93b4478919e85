import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { epochBatches, orderedBatches } from "../batches.js";
import { isInMemory, type StoredDataset } from "../dataset/dataset.js";
import { subset } from "../dataset/subset.js";
import { emptyFolder } from "../testing/idx-folder.js";
import { SAMPLE_BYTES, sampleImages, sampleStream } from "../testing/sample-stream.js";
import { materialize } from "./materialize.js";

async function sampleStored(count = 1000): Promise<StoredDataset> {
  const cacheFolder = await emptyFolder();
  const source = await materialize(sampleStream({ count }), { memoryBytes: 0, cacheFolder });
  if (isInMemory(source)) throw new Error("it is in memory");
  onTestFinished(() => source.dispose?.());
  return source;
}

/** Batches that count how many of them were asked for. */
function counted(batches: Iterable<Uint32Array>): { readonly batches: Iterable<Uint32Array>; taken: number } {
  const count = { taken: 0, batches: [] as Iterable<Uint32Array> };
  count.batches = (function* () {
    for (const batch of batches) {
      count.taken += 1;
      yield batch;
    }
  })();
  return count;
}

/** `toEqual` takes long for many bytes. */
async function expectImages(source: StoredDataset, batch: Uint32Array, places: Uint32Array): Promise<void> {
  const images = await source.read(batch);
  expect(Buffer.from(sampleImages(places)).equals(images)).toBe(true);
}

const epoch = () => epochBatches({ count: 1000, batchSize: 7, seed: 3, epoch: 0 });

it("gives the same images whether batches were announced or not, of a subset too", async () => {
  const source = await sampleStored();
  const part = subset(
    source,
    Uint32Array.from({ length: 500 }, (_, index) => 999 - 2 * index),
  );
  if (isInMemory(part)) throw new Error("it is in memory");
  for (const isAnnounced of [true, false]) {
    if (isAnnounced) source.announce?.(epoch());
    for (const batch of epoch()) await expectImages(source, batch, batch);
    if (isAnnounced) part.announce?.(orderedBatches(500, 64));
    for (const batch of orderedBatches(500, 64))
      await expectImages(
        part,
        batch,
        batch.map((position) => 999 - 2 * position),
      );
  }
});

it("reads a bounded number of batches ahead, and more as they are taken", async () => {
  const source = await sampleStored();
  const announced = counted(epoch());
  source.announce?.(announced.batches);
  expect(announced.taken).toBe(64);
  const [first, second] = [...epoch()];
  if (first === undefined || second === undefined) throw new Error("no batches");
  await source.read(first);
  expect(announced.taken).toBe(65);
  // One that was not announced takes nothing from those that were.
  expect(await source.read(Uint32Array.of(5))).toEqual(sampleImages([5]));
  expect(announced.taken).toBe(65);
  expect(await source.read(second)).toEqual(sampleImages(second));
  expect(announced.taken).toBe(66);
});

it("gives each caller images of its own", async () => {
  const source = await sampleStored();
  const batch = Uint32Array.of(1, 2);
  source.announce?.([batch, batch]);
  const images = [await source.read(batch), await source.read(batch), await source.read(batch)];
  expect(new Set(images.map(({ buffer }) => buffer)).size).toBe(3);
  images[0]?.fill(0);
  expect(images[1]).toEqual(sampleImages(batch));
  expect(images[2]?.buffer.byteLength).toBe(2 * SAMPLE_BYTES);
});

it("forgets what was announced before, and what was passed over", async () => {
  const source = await sampleStored();
  const forgotten = counted(epoch());
  source.announce?.(forgotten.batches);
  const announced = counted(orderedBatches(1000, 10));
  source.announce?.(announced.batches);
  const third = Uint32Array.from({ length: 10 }, (_, index) => 20 + index);
  expect(await source.read(third)).toEqual(sampleImages(third));
  expect(announced.taken).toBe(67);
  expect(forgotten.taken).toBe(64);
});

it("refuses positions that are not there, announced or not, and goes on", async () => {
  const source = await sampleStored(10);
  const message = "positions[1]: expected 0 to 9, found 10";
  await expect(source.read(Uint32Array.of(9, 10))).rejects.toThrow(message);
  expect(() => source.announce?.([Uint32Array.of(9, 10)])).toThrow(message);
  expect(await source.read(Uint32Array.of(9))).toEqual(sampleImages([9]));
});

it("is closed once, also while it is read", async () => {
  const source = await sampleStored();
  source.announce?.(epoch());
  const reading = source.read(Uint32Array.of(1));
  const closed = expect(reading).rejects.toThrow("expected an open data set, found one that was closed");
  await Promise.all([source.dispose?.(), source.dispose?.()]);
  await closed;
  await expect(source.read(Uint32Array.of(1))).rejects.toThrow("found one that was closed");
});

it("does not keep a process from ending, and does keep it while a read is awaited", async () => {
  const folder = await emptyFolder();
  const entry = pathToFileURL(join(import.meta.dirname, "../../dist/node.js")).href;
  const program = `
    import { materialize } from ${JSON.stringify(entry)};
    const count = 100;
    const stream = { name: "s", key: "s", classes: 2, classNames: ["a", "b"], channels: 1, height: 1, width: 2, count,
      labels: new Uint8Array(count), async *decode() { for (let i = 0; i < count; i += 1) yield Uint8Array.of(i, 7); } };
    const source = await materialize(stream, { memoryBytes: 0, cacheFolder: ${JSON.stringify(folder)} });
    source.announce([Uint32Array.of(1), Uint32Array.of(2)]);
    console.log([...await source.read(Uint32Array.of(3, 99))].join());`;
  await writeFile(join(folder, "program.mjs"), program);
  const ended = await promisify(execFile)(process.execPath, [join(folder, "program.mjs")], {
    timeout: 30_000,
  });
  expect(ended).toEqual({ stdout: "3,7,99,7\n", stderr: "" });
});
