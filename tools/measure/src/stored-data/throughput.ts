import { availableParallelism } from "node:os";
import { type ImageSource, isInMemory } from "@nin/data";
import { materialize } from "@nin/data/node";
import { loadBackend } from "@nin/registry";
import { builtinArchitecture, builtinRecipe } from "@nin/spec";
import { trainModel } from "@nin/training";
import { statisticsOf } from "../support/numbers.js";
import { sampleImages } from "./sample-images.js";

const COUNT = 100_000;
const BATCH = 32;
/** A file must give at least this part of the images in a second that memory gives. */
const LEAST_RATIO = 0.95;

/** How long it is trained, and on how many threads. */
export interface Rounds {
  readonly rounds: number;
  readonly steps: number;
  readonly threads?: number;
}

/** Trains `nin-mnist` on the same images from memory and from a file in turn. */
export async function measureThroughput(cacheFolder: string, { rounds, steps, threads }: Rounds) {
  const stream = sampleImages({ channels: 1, height: 28, width: 28, count: COUNT });
  const inMemory = await materialize(stream);
  const start = performance.now();
  const stored = await materialize(stream, { memoryBytes: 0, cacheFolder });
  const storingMs = performance.now() - start;
  const architecture = builtinArchitecture("nin-mnist");
  const recipe = {
    ...builtinRecipe("robust"),
    batchSize: BATCH,
    preprocessing: { mean: 0.286, std: 0.353 },
  };
  // A recipe with these would need a split, and its epochs are cut anyway.
  const { validation: _, earlyStopping: __, ...plain } = recipe;
  const model = await (await loadBackend("onnxruntime")).compile(architecture, {
    device: "cpu",
    maxBatch: BATCH,
    ...(threads === undefined ? {} : { threads }),
    imageFormat: { channels: 1, height: 28, width: 28, preprocessing: recipe.preprocessing },
  });
  const imagesPerSecond = async (train: ImageSource): Promise<number> => {
    const data = { train, test: train };
    const options = { model, architecture, recipe: plain, data, maxSteps: steps, evalLimit: 0 };
    const { elapsedMs } = await trainModel(options);
    return (1000 * steps * BATCH) / elapsedMs;
  };
  const [memory, file, ratios]: [number[], number[], number[]] = [[], [], []];
  // The first of each compiles.
  await imagesPerSecond(inMemory);
  await imagesPerSecond(stored);
  for (let round = 0; round < rounds; round += 1) {
    const isFileFirst = round % 2 === 1;
    const first = await imagesPerSecond(isFileFirst ? stored : inMemory);
    const second = await imagesPerSecond(isFileFirst ? inMemory : stored);
    const [ofMemory, ofFile] = isFileFirst ? [second, first] : [first, second];
    memory.push(ofMemory);
    file.push(ofFile);
    ratios.push(ofFile / ofMemory);
    console.log(`memory ${ofMemory.toFixed(0)}, file ${ofFile.toFixed(0)} images/s`);
  }
  await model.dispose();
  if (!isInMemory(stored)) await stored.dispose?.();
  const ratio = statisticsOf(ratios);
  const passed = ratio.median >= LEAST_RATIO;
  console.log(
    `file / memory: ${ratio.median.toFixed(3)} (median of ${rounds}): ${passed ? "ok" : "TOO SLOW"}`,
  );
  if (!passed) process.exitCode = 1;
  return {
    model: architecture.name,
    device: "onnxruntime:cpu",
    threads: threads ?? availableParallelism(),
    ...{ count: COUNT, batch: BATCH, steps, storingMs: Math.round(storingMs) },
    memoryImagesPerSecond: statisticsOf(memory),
    fileImagesPerSecond: statisticsOf(file),
    ratio,
    leastRatio: LEAST_RATIO,
    passed,
  };
}
