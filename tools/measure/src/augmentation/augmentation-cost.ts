import { loadBackend } from "@nin/registry";
import { type Architecture, type AugmentedSize, at, gatherAugmented, gatherBytes } from "@nin/spec";
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
const PART_ROUNDS = 25;
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
          for (const { clock, plainMs, medianRatio, part, share } of result.clocks) {
            console.log(
              `${place.name} ${model}, ${clock}: a step takes ${plainMs.median.toFixed(1)} ms, augmented ${percentOf(medianRatio - 1)} more; ${part.what} takes ${part.addedMs.toFixed(3)} ms more, ${percentOf(share)} of a step`,
            );
            if (share > ALLOWED) process.exitCode = 1;
          }
        }
      }
      if (options.out === undefined) return;
      const { batch, rounds, steps } = options;
      const what = { augmentation: AUGMENTATION, batch, rounds, steps };
      const file = { format: "nin-augmentation-cost", version: 1, environment: await environment() };
      await writeResult(options.out, { ...file, ...what, results });
    });
}

/**
 * Whole steps in turn, and what an augmentation adds, measured by itself: by the clock, and by the time that this
 * process's threads compute, which other processes disturb less but which leaves out what a GPU does.
 */
async function measureCost(place: Place, model: string, options: Options) {
  const { batch, rounds, steps } = options;
  const architecture = architectureOf(model);
  const backend = await loadBackend(place.backend);
  const open = (more: object) => openTraining(backend, place.device, { architecture, batch, ...more });
  const [plain, augmented] = [await open({}), await open({ augmentation: AUGMENTATION })];
  const turns = [
    { training: plain, times: [] as StepTime[] },
    { training: augmented, times: [] as StepTime[] },
  ];
  for (let round = -1; round < rounds; round += 1) {
    for (const { training, times } of round % 2 === 0 ? turns : turns.toReversed()) {
      const time = await stepTime(training, (round + 1) * steps, steps);
      // The first round warms up.
      if (round >= 0) times.push(time);
    }
  }
  for (const { model: compiled } of [plain, augmented]) await compiled.dispose();
  const [plainTimes, augmentedTimes] = [at(turns, 0).times, at(turns, 1).times];
  const clocks = [];
  for (const clock of ["elapsed", "processor"] as const) {
    const plainMs = statisticsOf(plainTimes.map((time) => time[clock]));
    const augmentedMs = statisticsOf(augmentedTimes.map((time) => time[clock]));
    const ratios = plainMs.values.map((ms, round) => at(augmentedMs.values, round) / ms);
    const part = await addedPart(place, { architecture, batch, clock: CLOCKS[clock] });
    const share = part.addedMs / plainMs.median;
    clocks.push({ clock, plainMs, augmentedMs, medianRatio: statisticsOf(ratios).median, part, share });
  }
  return { device: place.name, model, clocks };
}

const CLOCKS = { elapsed: () => performance.now(), processor: processorMs };

/** How long the threads of this process have computed. Units: ms. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Of a step. Units: ms. */
type StepTime = Readonly<Record<keyof typeof CLOCKS, number>>;

async function stepTime(training: SampleTraining, first: number, steps: number): Promise<StepTime> {
  const before = { elapsed: CLOCKS.elapsed(), processor: CLOCKS.processor() };
  for (let step = 0; step < steps; step += 1) await training.step(first + step);
  await training.session.metrics();
  return {
    elapsed: (CLOCKS.elapsed() - before.elapsed) / steps,
    processor: (CLOCKS.processor() - before.processor) / steps,
  };
}

/** What an augmentation adds, by itself. Units: ms a batch. */
interface AddedPart {
  readonly what: string;
  readonly plainMs: Statistics;
  readonly augmentedMs: Statistics;
  readonly addedMs: number;
}

interface PartOptions {
  readonly architecture: Architecture;
  readonly batch: number;
  readonly clock: () => number;
}

async function addedPart(place: Place, options: PartOptions): Promise<AddedPart> {
  const { channels, height, width } = options.architecture.input;
  // As `openTraining` has it.
  const size = { channels, height: Math.min(28, height), width: Math.min(28, width) };
  const imageBytes = size.channels * size.height * size.width;
  const images = Uint8Array.from({ length: 256 * imageBytes }, (_, index) => (index * 2654435761) >>> 24);
  const { what, plainMs, augmentedMs } =
    place.backend === "webgpu"
      ? await onWebGpu(place.device, images, size, options)
      : onHost(images, size, options);
  const [plain, augmented] = [statisticsOf(plainMs), statisticsOf(augmentedMs)];
  return { what, plainMs: plain, augmentedMs: augmented, addedMs: augmented.median - plain.median };
}

async function onWebGpu(
  device: string,
  images: Uint8Array,
  size: AugmentedSize,
  { architecture, batch, clock }: PartOptions,
) {
  if (device !== "gpu" && device !== "lavapipe" && device !== "swiftshader") {
    throw new Error(`--device webgpu:${device}: expected gpu, lavapipe or swiftshader`);
  }
  const { measureInput, openProfilingDevice } = await import("@nin/backend-webgpu/profiling");
  const { context } = await openProfilingDevice(device);
  const measured = await measureInput(context, architecture, {
    imageFormat: { ...size, preprocessing: { mean: 0.286, std: 0.353 } },
    dataset: { images, labels: new Uint8Array(256) },
    ...{ batch, augmentation: AUGMENTATION, rounds: PART_ROUNDS, runs: PART_RUNS, clock },
  });
  return { what: "filling a batch's input on the device", ...measured };
}

/** The gather in the worker of ONNX Runtime, and of TensorFlow.js. */
function onHost(images: Uint8Array, size: AugmentedSize, { batch, clock }: PartOptions) {
  const imageBytes = size.channels * size.height * size.width;
  const indices = Uint32Array.from({ length: batch }, (_, n) => (n * 37) % 256);
  const gather = (): Uint8Array => gatherBytes(images, imageBytes, indices);
  const timed = (work: (run: number) => unknown): number => {
    const start = clock();
    for (let run = 0; run < PART_RUNS; run += 1) work(run);
    return (clock() - start) / PART_RUNS;
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
  return { what: "gathering a batch's bytes on the host", plainMs, augmentedMs };
}

function percentOf(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
