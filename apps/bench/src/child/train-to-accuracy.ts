import type { Model, TrainingSession } from "@nin/backend";
import { epochBatches, gatherImages, type ImageDataset, orderedBatches } from "@nin/data";
import type { TimeToAccuracy } from "../protocol/messages.js";
import type { LoadedJob } from "../workload/loaded-job.js";
import type { TrainingData } from "./training-data.js";

/** When a training ends. */
export interface AccuracyGoal {
  /** The accuracy to reach, as a fraction of the evaluated test images. */
  readonly accuracy: number;
  /** The time limit for training and evaluations together. */
  readonly limitMs: number;
}

/** Test images per evaluation. */
const TEST_IMAGES = 500;
/** Images trained on between two evaluations. */
const IMAGES_BETWEEN = 1024;

/** Trains until the test accuracy is reached or the time is up; training and evaluations are timed separately. */
export async function trainToAccuracy(
  model: Model,
  { train, test }: TrainingData & { readonly test: ImageDataset },
  { batch, recipe }: LoadedJob,
  { accuracy, limitMs }: AccuracyGoal,
): Promise<TimeToAccuracy> {
  const { optimizer, seed } = recipe;
  const session = await model.train({ optimizer, seed, dataset: train });
  const batches = endlessBatches(train.labels.length, batch, seed);
  const stepsBetween = Math.max(1, Math.round(IMAGES_BETWEEN / batch));
  const curve: { readonly step: number; readonly loss: number }[] = [];
  const accuracies: { readonly step: number; readonly trainMs: number; readonly accuracy: number }[] = [];
  let [images, trainMs, evaluateMs, reached] = [0, 0, 0, false];
  try {
    while (!reached && trainMs + evaluateMs < limitMs) {
      const begin = performance.now();
      for (let step = 0; step < stepsBetween; step += 1) {
        const indices = batches.next().value;
        await session.step({ indices }, { learningRate: optimizer.learningRate });
        images += indices.length;
      }
      const { losses } = await session.metrics();
      trainMs += performance.now() - begin;
      const before = curve.length;
      curve.push(...losses.map((loss, index) => ({ step: before + index + 1, loss })));
      const evaluating = performance.now();
      const fraction = await accuracyOf(session, test, batch);
      evaluateMs += performance.now() - evaluating;
      accuracies.push({ step: curve.length, trainMs, accuracy: fraction });
      reached = fraction >= accuracy;
    }
  } finally {
    await session.dispose();
  }
  return { reached, steps: curve.length, images, trainMs, evaluateMs, curve, accuracies };
}

function* endlessBatches(count: number, batchSize: number, seed: number): Generator<Uint32Array, never> {
  for (let epoch = 0; ; epoch += 1) yield* epochBatches({ count, batchSize, seed, epoch });
}

async function accuracyOf(session: TrainingSession, test: ImageDataset, batch: number): Promise<number> {
  for (const indices of orderedBatches(Math.min(TEST_IMAGES, test.count), batch)) {
    await session.evaluate(gatherImages(test, indices));
  }
  const { evaluation } = await session.metrics();
  return evaluation.correct / evaluation.count;
}
