import type { Evaluation, TrainingSession } from "@nin/backend";
import type { ImageDataset } from "@nin/data";
import type { EpochMetrics } from "../record/metrics.js";
import type { TrainingEvent } from "./events.js";
import { labelledSlice } from "./labelled-slice.js";

export type TestScores = Pick<EpochMetrics, "testLoss" | "testAccuracy" | "testImages" | "confusion">;

/** More classes make a confusion matrix too large for a line of metrics. */
const MAX_CONFUSION_CLASSES = 100;

/** How an evaluation inside a training goes. */
export interface SessionEvaluation {
  /** The first so many images; 0 for none. */
  readonly count: number;
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: ((event: TrainingEvent) => void) | undefined;
}

/** Evaluates the parameters being trained, without reading back before the end. */
export async function evaluateSession(
  session: TrainingSession,
  dataset: ImageDataset,
  { count, batchSize, signal, onEvent }: SessionEvaluation,
): Promise<TestScores | "interrupted"> {
  for (let start = 0; start < count; start += batchSize) {
    if (signal?.aborted === true) {
      // What was gathered so far must not count in the next evaluation.
      await session.metrics();
      return "interrupted";
    }
    const end = Math.min(start + batchSize, count);
    await session.evaluate(labelledSlice(dataset, start, end));
    onEvent?.({ kind: "evaluation", images: end, totalImages: count });
  }
  if (count === 0) return { testLoss: null, testAccuracy: null, testImages: 0, confusion: null };
  const { evaluation } = await session.metrics();
  return scoresOf(evaluation, dataset.classes);
}

function scoresOf({ count: images, lossSum, correct, confusion }: Evaluation, classes: number): TestScores {
  const rows = Array.from({ length: classes }, (_, label) =>
    confusion.slice(label * classes, (label + 1) * classes),
  );
  return {
    testLoss: lossSum / images,
    testAccuracy: correct / images,
    testImages: images,
    confusion: classes > MAX_CONFUSION_CLASSES ? null : rows,
  };
}
