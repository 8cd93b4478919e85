import type { LabelledBatch } from "@nin/backend";
import { type DatasetPair, epochBatches, gatherImages, orderedBatches } from "@nin/data";
import { type Architecture, initialParameters, type Recipe } from "@nin/spec";
import { randomBatch } from "../drawing/random-batch.js";
import type { PlannedStep, RunPlan } from "./plan.js";
import { scheduledRate } from "./scheduled-rate.js";

/** A whole training: a recipe's epochs over a data set kept on the device. */
export interface EpochRun {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly data: DatasetPair;
  /** Whether the test images are evaluated at each epoch's end; false by default. */
  readonly evaluates?: boolean;
}

const PROBE = 5;

/** The run, step by step. */
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
      imageFormat: { channels, height, width, preprocessing },
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
