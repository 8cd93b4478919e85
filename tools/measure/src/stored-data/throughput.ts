import { availableParallelism } from "node:os";
import { type ImageSource, isInMemory } from "@nin/data";
import { materialize } from "@nin/data/node";
import { loadBackend } from "@nin/registry";
import { at, builtinArchitecture, builtinRecipe } from "@nin/spec";
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

interface Timing {
  readonly imagesPerSecond: number;
  /** Processor time for an image, of all threads. Units: microseconds. */
  readonly processUs: number;
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
  const timed = async (train: ImageSource): Promise<Timing> => {
    const data = { train, test: train };
    const options = { model, architecture, recipe: plain, data, maxSteps: steps, evalLimit: 0 };
    const before = process.cpuUsage();
    const { elapsedMs } = await trainModel(options);
    const { user, system } = process.cpuUsage(before);
    const images = steps * BATCH;
    return { imagesPerSecond: (1000 * images) / elapsedMs, processUs: (user + system) / images };
  };
  const [memory, file]: [Timing[], Timing[]] = [[], []];
  // The first of each compiles.
  await timed(inMemory);
  await timed(stored);
  for (let round = 0; round < rounds; round += 1) {
    const isFileFirst = round % 2 === 1;
    const first = await timed(isFileFirst ? stored : inMemory);
    const second = await timed(isFileFirst ? inMemory : stored);
    const [ofMemory, ofFile] = isFileFirst ? [second, first] : [first, second];
    memory.push(ofMemory);
    file.push(ofFile);
    console.log(`memory ${shown(ofMemory)}, file ${shown(ofFile)}`);
  }
  await model.dispose();
  if (!isInMemory(stored)) await stored.dispose?.();
  const ratioOf = (quantity: keyof Timing) =>
    statisticsOf(file.map((timing, round) => timing[quantity] / at(memory, round)[quantity]));
  const ratio = ratioOf("imagesPerSecond");
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
    memoryImagesPerSecond: statisticsOf(memory.map(({ imagesPerSecond }) => imagesPerSecond)),
    fileImagesPerSecond: statisticsOf(file.map(({ imagesPerSecond }) => imagesPerSecond)),
    ratio,
    processorTimeRatio: ratioOf("processUs"),
    leastRatio: LEAST_RATIO,
    passed,
  };
}

function shown({ imagesPerSecond, processUs }: Timing): string {
  return `${imagesPerSecond.toFixed(0)} images/s (${processUs.toFixed(0)} us each)`;
}
