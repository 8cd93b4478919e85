import type { CompileOptions, LabelledBatch, TrainingBatch, TrainOptions } from "@nin/backend";
import { type DatasetPair, epochBatches, gatherImages, orderedBatches } from "@nin/data";
import {
  type Architecture,
  initialParameters,
  type NamedTensors,
  type Recipe,
  resolvedPreprocessing,
} from "@nin/spec";
import { randomBatch } from "../networks/inputs.js";

/** A training run for the backend under test and for the oracle. */
export interface RunPlan {
  readonly architecture: Architecture;
  readonly compile: Omit<CompileOptions, "device">;
  readonly train: TrainOptions;
  /** The parameters that it starts from. */
  readonly parameters: NamedTensors;
  readonly steps: readonly PlannedStep[];
  /** A batch whose scores are compared after the last step. */
  readonly probe: LabelledBatch;
}

export interface PlannedStep {
  readonly batch: TrainingBatch;
  readonly learningRate: number;
  /** The batches of one evaluation after the step; none by default. */
  readonly evaluate?: readonly LabelledBatch[];
}

/** A whole training: a recipe's epochs over a data set that is kept on the device. */
export interface EpochRun {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly data: DatasetPair;
  /** Whether the test images are evaluated at each epoch's end; false by default. */
  readonly evaluates?: boolean;
}

const PROBE = 5;

/** The steps of a training. */
export function epochPlan({ architecture, recipe, data, evaluates = false }: EpochRun): RunPlan {
  const { batchSize, epochs, seed, optimizer, init, preprocessing } = recipe;
  const { channels, height, width, images, labels } = data.train;
  const batches = Array.from({ length: epochs }, (_, epoch) => [
    ...epochBatches({ count: data.train.count, batchSize, seed, epoch }),
  ]);
  const totalSteps = batches.flat().length;
  const test = evaluates ? testBatches(data, batchSize) : [];
  let step = 0;
  const steps = batches.flatMap((epoch) =>
    epoch.map((indices, index): PlannedStep => {
      const learningRate = Math.fround(scheduledRate(recipe, step, totalSteps));
      step += 1;
      const isLast = index === epoch.length - 1;
      return { batch: { indices }, learningRate, evaluate: isLast ? test : [] };
    }),
  );
  return {
    architecture,
    compile: {
      maxBatch: Math.max(batchSize, PROBE),
      imageFormat: { channels, height, width, preprocessing: resolvedPreprocessing(preprocessing) },
    },
    train: { optimizer, seed, dataset: { images, labels } },
    parameters: initialParameters(architecture, init, seed),
    steps,
    probe: randomBatch(architecture, PROBE, seed),
  };
}

function testBatches({ test }: DatasetPair, batchSize: number): readonly LabelledBatch[] {
  return [...orderedBatches(test.count, batchSize)].map((indices) => gatherImages(test, indices));
}

/**
 * The learning rate of step t of T, counted from 0: with W warm-up steps `base*(t+1)/W` while t < W, then `base`, or
 * `base/2*(1 + cos(pi*(t-W)/(T-W)))`. The formula is written here again because the suite does not rely on what it
 * checks.
 */
function scheduledRate({ optimizer, schedule }: Recipe, t: number, total: number): number {
  const { learningRate: base } = optimizer;
  const { kind, warmupSteps: warmup } = schedule;
  if (t < warmup) return (base * (t + 1)) / warmup;
  return kind === "constant"
    ? base
    : (base / 2) * (1 + Math.cos((Math.PI * (t - warmup)) / (total - warmup)));
}
