import type { Model, TrainingSession } from "@nin/backend";
import { epochBatches, gatherImages, orderedBatches } from "@nin/data";
import type { LoadedJob } from "../material/read-job.js";
import type { ReachAnswer } from "../protocol/messages.js";
import type { DataSplit } from "./data-split.js";

export interface ReachTarget {
  /** A fraction of the test images that are looked at. */
  readonly accuracy: number;
  /** Of training. */
  readonly limitMs: number;
}

/** Test images that an evaluation looks at. */
const TEST_IMAGES = 500;
/** Images trained between two evaluations. */
const IMAGES_BETWEEN = 1024;

type Progress = { -readonly [Field in keyof ReachAnswer]: ReachAnswer[Field] };

/** Trains until the test accuracy is reached or the time is up; evaluations are not counted. */
export async function reachAccuracy(
  model: Model,
  { train, test }: DataSplit,
  { batch, recipe }: LoadedJob,
  { accuracy, limitMs }: ReachTarget,
): Promise<ReachAnswer> {
  const { optimizer, seed } = recipe;
  const session = await model.train({ optimizer, seed, dataset: train });
  const between = Math.max(1, Math.round(IMAGES_BETWEEN / batch));
  const progress = { reached: false, steps: 0, images: 0, trainMs: 0, evaluateMs: 0 };
  const curve: Progress["curve"][number][] = [];
  const accuracies: Progress["accuracies"][number][] = [];
  const count = train.labels.length;
  try {
    for (let epoch = 0; !progress.reached && progress.trainMs < limitMs; epoch += 1) {
      const batches = [...epochBatches({ count, batchSize: batch, seed, epoch })];
      for (
        let at = 0;
        at < batches.length && !progress.reached && progress.trainMs < limitMs;
        at += between
      ) {
        const begin = performance.now();
        for (const indices of batches.slice(at, at + between)) {
          await session.step({ indices }, { learningRate: optimizer.learningRate });
          progress.images += indices.length;
        }
        const { losses } = await session.metrics();
        const trained = performance.now();
        curve.push(...losses.map((loss, index) => ({ step: progress.steps + index + 1, loss })));
        progress.steps += losses.length;
        progress.trainMs += trained - begin;
        const right = await accuracyOf(session, test, batch);
        progress.evaluateMs += performance.now() - trained;
        accuracies.push({ step: progress.steps, trainMs: progress.trainMs, accuracy: right });
        progress.reached = right >= accuracy;
      }
    }
  } finally {
    await session.dispose();
  }
  return { ...progress, curve, accuracies };
}

async function accuracyOf(session: TrainingSession, test: DataSplit["test"], batch: number): Promise<number> {
  for (const indices of orderedBatches(Math.min(TEST_IMAGES, test.count), batch)) {
    await session.evaluate(gatherImages(test, indices));
  }
  const { evaluation } = await session.metrics();
  return evaluation.correct / evaluation.images;
}
