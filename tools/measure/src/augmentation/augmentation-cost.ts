import { loadBackend } from "@nin/registry";
import { type Architecture, at, gatherAugmented } from "@nin/spec";
import { Command } from "commander";
import { type Statistics, statisticsOf } from "../support/numbers.js";
import { outOption, type Place, placesOption, placesOr, positiveInteger } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";
import { architectureOf, openTraining, type SampleTraining } from "../support/sample-training.js";

interface Options {
  readonly device?: readonly Place[];
  readonly model: readonly string[];
  readonly batch: number;
  readonly rounds: number;
  readonly steps: number;
  readonly out?: string;
}

/** As the published trainings have it. */
const AUGMENTATION = { horizontalFlip: 0.5, cropPadding: 4 };
const DEVICES = ["onnxruntime:cpu", "webgpu:lavapipe"];
/** What an augmentation may cost of a step. */
const ALLOWED = 0.02;
/** Rounds and batches a round of what an augmentation adds, measured by itself. */
const PART_ROUNDS = 31;
const PART_RUNS = 20;

export function augmentationCostCommand(): Command {
  return new Command("augmentation-cost")
    .description("what an augmentation costs of a training step: whole steps, and what it adds by itself")
    .addOption(placesOption(DEVICES))
    .option("--model <names...>", "built-in networks", ["nin-mnist"])
    .option("--batch <n>", "number of images in a batch", positiveInteger, 32)
    .option("--rounds <n>", "number of timed rounds", positiveInteger, 20)
    .option("--steps <n>", "number of steps in a round, with and without in turn", positiveInteger, 2)
    .addOption(outOption())
    .action(async (options: Options) => {
      const results = [];
      for (const place of placesOr(options.device, DEVICES)) {
        for (const model of options.model) {
          const result = await measureCost(place, model, options);
          results.push(result);
          const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
          console.log(
            `${place.name} ${model}: a step takes ${result.plainMs.median.toFixed(1)} ms, augmented ${percent(result.medianRatio - 1)} more; what is added takes ${result.part.addedMs.toFixed(3)} ms by itself, ${percent(result.share)} of a step`,
          );
          if (result.share > ALLOWED) process.exitCode = 1;
        }
      }
      if (options.out === undefined) return;
      const { batch, rounds, steps } = options;
      const what = { augmentation: AUGMENTATION, batch, rounds, steps };
      const file = { format: "nin-augmentation-cost", version: 1, environment: await environment() };
      await writeResult(options.out, { ...file, ...what, results });
    });
}

/** Whole steps in turn, and what an augmentation adds, measured by itself. */
async function measureCost(place: Place, model: string, options: Options) {
  const { batch, rounds, steps } = options;
  const architecture = architectureOf(model);
  const backend = await loadBackend(place.backend);
  const open = (more: object) => openTraining(backend, place.device, { architecture, batch, ...more });
  const [plain, augmented] = [await open({}), await open({ augmentation: AUGMENTATION })];
  const turns = [
    { training: plain, times: [] as number[] },
    { training: augmented, times: [] as number[] },
  ];
  for (let round = -1; round < rounds; round += 1) {
    for (const { training, times } of round % 2 === 0 ? turns : turns.toReversed()) {
      const ms = await stepMs(training, (round + 1) * steps, steps);
      // The first round warms up.
      if (round >= 0) times.push(ms);
    }
  }
  for (const { model: compiled } of [plain, augmented]) await compiled.dispose();
  const [plainTimes, augmentedTimes] = turns.map(({ times }) => times);
  const plainMs = statisticsOf(plainTimes ?? []);
  const augmentedMs = statisticsOf(augmentedTimes ?? []);
  const ratios = statisticsOf(plainMs.values.map((ms, round) => at(augmentedMs.values, round) / ms));
  const part = await addedPart(place, architecture, batch);
  return {
    device: place.name,
    model,
    plainMs,
    augmentedMs,
    /** Of the rounds' ratios. */
    medianRatio: ratios.median,
    ratios: ratios.values,
    part,
    /** What is added, by the median step. */
    share: part.addedMs / plainMs.median,
  };
}

async function stepMs(training: SampleTraining, first: number, steps: number): Promise<number> {
  const start = performance.now();
  for (let step = 0; step < steps; step += 1) await training.step(first + step);
  await training.session.metrics();
  return (performance.now() - start) / steps;
}

/** What an augmentation adds, by itself. Units: ms a batch. */
interface AddedPart {
  readonly what: string;
  readonly plainMs: Statistics;
  readonly augmentedMs: Statistics;
  readonly addedMs: number;
}

async function addedPart(place: Place, architecture: Architecture, batch: number): Promise<AddedPart> {
  const { channels, height, width } = architecture.input;
  // As `openTraining` has it.
  const size = { channels, height: Math.min(28, height), width: Math.min(28, width) };
  const imageBytes = size.channels * size.height * size.width;
  const dataset = {
    images: Uint8Array.from({ length: 256 * imageBytes }, (_, index) => (index * 2654435761) >>> 24),
    labels: new Uint8Array(256),
  };
  const { what, plainMs, augmentedMs } =
    place.backend === "webgpu"
      ? await onWebGpu(place.device, architecture, batch, { size, dataset })
      : onHost(dataset.images, size, batch);
  const [plain, augmented] = [statisticsOf(plainMs), statisticsOf(augmentedMs)];
  return { what, plainMs: plain, augmentedMs: augmented, addedMs: augmented.median - plain.median };
}

interface ImageSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

async function onWebGpu(
  device: string,
  architecture: Architecture,
  batch: number,
  {
    size,
    dataset,
  }: {
    readonly size: ImageSize;
    readonly dataset: { readonly images: Uint8Array; readonly labels: Uint8Array };
  },
) {
  if (device !== "gpu" && device !== "lavapipe" && device !== "swiftshader") {
    throw new Error(`--device webgpu:${device}: expected gpu, lavapipe or swiftshader`);
  }
  const { measureInput, openProfilingDevice } = await import("@nin/backend-webgpu/profiling");
  const { context } = await openProfilingDevice(device);
  const measured = await measureInput(context, architecture, {
    imageFormat: { ...size, preprocessing: { mean: 0.286, std: 0.353 } },
    ...{ dataset, batch, augmentation: AUGMENTATION, rounds: PART_ROUNDS, runs: PART_RUNS },
  });
  return { what: "the program that fills a batch's input on the device", ...measured };
}

/** The gather in the worker of ONNX Runtime, and of TensorFlow.js. */
function onHost(images: Uint8Array, size: ImageSize, batch: number) {
  const imageBytes = size.channels * size.height * size.width;
  const indices = Uint32Array.from({ length: batch }, (_, n) => (n * 37) % 256);
  const gather = (): Uint8Array => {
    const result = new Uint8Array(batch * imageBytes);
    indices.forEach((index, place) => {
      result.set(images.subarray(index * imageBytes, (index + 1) * imageBytes), place * imageBytes);
    });
    return result;
  };
  const timed = (work: (run: number) => unknown): number => {
    const start = performance.now();
    for (let run = 0; run < PART_RUNS; run += 1) work(run);
    return (performance.now() - start) / PART_RUNS;
  };
  const plainMs: number[] = [];
  const augmentedMs: number[] = [];
  for (let round = -5; round < PART_ROUNDS; round += 1) {
    const plain = timed(gather);
    const augmented = timed((epoch) =>
      gatherAugmented(images, size, AUGMENTATION, { seed: 1, epoch }, indices),
    );
    if (round < 0) continue;
    plainMs.push(plain);
    augmentedMs.push(augmented);
  }
  return { what: "the gather of a batch's bytes on the host", plainMs, augmentedMs };
}
