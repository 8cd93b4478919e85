import { type DatasetPair, firstImages, type ImageSource, isInMemory } from "@nin/data";
import { materialize } from "@nin/data/node";
import { loadBackend } from "@nin/registry";
import { builtinRecipe, parseArchitecture } from "@nin/spec";
import { trainModel } from "@nin/training";
import { sampleImages } from "./sample-images.js";

const SHAPE = { channels: 3, height: 64, width: 64 };
const BATCH = 128;
/** How many times as large the images are as the memory that they may take. */
const TIMES = 10;
/** How much more memory the second half of the training may take than the first. Units: bytes. */
const MOST_GROWTH = 2 ** 25;
/** Units: milliseconds. */
const SAMPLED_MS = 500;

/** A network whose steps take little time, so that many images are read. */
const QUICK = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "quick",
  input: SHAPE,
  layers: [
    { kind: "ninBlock", outChannels: 8, kernelSize: 8, stride: 8 },
    { kind: "ninBlock", outChannels: 10, kernelSize: 3, padding: 1 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
});

interface MemorySample {
  readonly phase: string;
  readonly elapsedMs: number;
  readonly rssBytes: number;
}

/** Stores a set ten times as large as its memory, and trains an epoch on it. */
export async function measureMemory(cacheFolder: string, memoryBytes: number) {
  const size = SHAPE.channels * SHAPE.height * SHAPE.width;
  const count = Math.ceil((TIMES * memoryBytes) / size);
  const samples: MemorySample[] = [];
  const start = performance.now();
  let phase = "before";
  const sample = (): void => {
    const elapsedMs = Math.round(performance.now() - start);
    samples.push({ phase, elapsedMs, rssBytes: process.memoryUsage.rss() });
  };
  const timer = setInterval(sample, SAMPLED_MS);
  sample();
  phase = "storing";
  const train = await materialize(sampleImages({ ...SHAPE, count }), { memoryBytes, cacheFolder });
  if (isInMemory(train)) throw new Error("the images are in memory");
  sample();
  phase = "training";
  await trainEpoch({ train, test: firstImages(train, 10_000) });
  sample();
  clearInterval(timer);
  await train.dispose?.();
  const highest = (chosen: readonly MemorySample[]) =>
    chosen.reduce((most, { rssBytes }) => Math.max(most, rssBytes), 0);
  const training = samples.filter((one) => one.phase === "training");
  const half = training.length >> 1;
  // At first the runtime allocates.
  const grownBytes = highest(training.slice(half)) - highest(training.slice(0, half));
  const passed = grownBytes <= MOST_GROWTH;
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  console.log(
    `${mib(count * size)} of images: highest ${mib(highest(samples))}, grown by ${mib(grownBytes)} in the second half: ${passed ? "ok" : "GROWS"}`,
  );
  if (!passed) process.exitCode = 1;
  const imagesBytes = count * size;
  return {
    ...{ ...SHAPE, count, imagesBytes, memoryBytes, batch: BATCH, device: "onnxruntime:cpu" },
    ...{ grownBytes, mostGrowthBytes: MOST_GROWTH, highestBytes: highest(samples), passed, samples },
  };
}

async function trainEpoch(data: DatasetPair<ImageSource>): Promise<void> {
  const {
    validation: _,
    earlyStopping: __,
    ...recipe
  } = {
    ...builtinRecipe("robust"),
    batchSize: BATCH,
    epochs: 1,
    preprocessing: { mean: 0.5, std: 0.3 },
  };
  const model = await (await loadBackend("onnxruntime")).compile(QUICK, {
    device: "cpu",
    maxBatch: BATCH,
    imageFormat: { ...SHAPE, preprocessing: recipe.preprocessing },
  });
  const result = await trainModel({ model, architecture: QUICK, recipe, data });
  console.log(`${result.step} steps in ${(result.elapsedMs / 1000).toFixed(0)} s`);
  await model.dispose();
}
