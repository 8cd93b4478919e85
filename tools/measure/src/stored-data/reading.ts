import { readFileSync, read as readWithCallback } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { epochBatches, isInMemory } from "@nin/data";
import { imageCache, materialize } from "@nin/data/node";
import { entry } from "@nin/spec";
import { statisticsOf } from "../support/numbers.js";
import { type SampleShape, sampleImages } from "./sample-images.js";

const ROUNDS = 7;

/** Small images in small batches, and those of ImageNet's size. */
const CASES: readonly (SampleShape & { readonly batch: number; readonly batches: number })[] = [
  { channels: 1, height: 28, width: 28, count: 100_000, batch: 32, batches: 500 },
  { channels: 3, height: 224, width: 224, count: 2000, batch: 128, batches: 15 },
];

type Timing = Awaited<ReturnType<typeof timed>>;
type Read = (positions: Uint32Array) => Promise<Uint8Array>;

/**
 * Shuffled batches read one ahead by the data set's own thread, and on the main thread by `FileHandle.read` and `fs.read`,
 * which read in libuv's threads; without any work in between. How many images a second, and how much processor time each
 * of them takes, of the main thread and of all. Linux.
 */
export async function measureReading(cacheFolder: string) {
  const cases = [];
  for (const { batch, batches, ...shape } of CASES) {
    const place = join(cacheFolder, `reading-${shape.height}`);
    const stored = await materialize(sampleImages(shape), { memoryBytes: 0, cacheFolder: place });
    if (isInMemory(stored)) throw new Error("the images are in memory");
    const { folder } = await imageCache(place);
    const [name = ""] = await readdir(folder);
    const file = await open(join(folder, name));
    const size = shape.channels * shape.height * shape.width;
    const start = 4096;
    const ways: Readonly<Record<string, Read>> = {
      thread: (positions) => stored.read(positions),
      fileHandle: async (positions) => {
        const images = new Uint8Array(positions.length * size);
        const reads = Array.from(positions, (position, index) =>
          file.read(images, index * size, size, start + position * size),
        );
        await Promise.all(reads);
        return images;
      },
      callbacks: (positions) =>
        new Promise((resolve, reject) => {
          const images = new Uint8Array(positions.length * size);
          let left = positions.length;
          positions.forEach((position, index) => {
            readWithCallback(file.fd, images, index * size, size, start + position * size, (error) => {
              if (error !== null) reject(error);
              left -= 1;
              if (left === 0) resolve(images);
            });
          });
        }),
    };
    const samples = new Map(Object.keys(ways).map((way) => [way, [] as Timing[]]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [way, read] of Object.entries(ways)) {
        const order = { count: shape.count, batchSize: batch, seed: round, epoch: 0 };
        const wanted = [...epochBatches(order)].slice(0, batches);
        if (way === "thread") stored.announce?.(wanted);
        entry(samples, way).push(await timed(read, wanted));
      }
    }
    await file.close();
    await stored.dispose?.();
    const results = Array.from(samples, ([way, timings]) => ({
      way,
      imagesPerSecond: statisticsOf(timings.map(({ imagesPerSecond }) => imagesPerSecond)),
      mainThreadUs: statisticsOf(timings.map(({ mainThreadUs }) => mainThreadUs)),
      processUs: statisticsOf(timings.map(({ processUs }) => processUs)),
    }));
    for (const { way, imagesPerSecond, mainThreadUs, processUs } of results) {
      const each = `${mainThreadUs.median.toFixed(2)} us of the main thread, ${processUs.median.toFixed(2)} of all`;
      console.log(`${size} bytes, ${way}: ${imagesPerSecond.median.toFixed(0)} images/s, ${each}`);
    }
    cases.push({ ...shape, batch, results });
  }
  return cases;
}

async function timed(read: Read, wanted: readonly Uint32Array[]) {
  const images = wanted.reduce((total, { length }) => total + length, 0);
  const [mainBefore, allBefore] = [mainThreadUs(), process.cpuUsage()];
  const start = performance.now();
  for (const positions of wanted) await read(positions);
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(allBefore);
  return {
    imagesPerSecond: (1000 * images) / elapsedMs,
    mainThreadUs: (mainThreadUs() - mainBefore) / images,
    processUs: (user + system) / images,
  };
}

/** The processor time of the main thread, by Linux's scheduler. Units: microseconds. */
function mainThreadUs(): number {
  const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(nanoseconds) / 1000;
}
