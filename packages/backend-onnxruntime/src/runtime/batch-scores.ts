import type { Labels } from "@nin/backend";

/** Sums over evaluated batches. */
export interface EvaluationSums {
  images: number;
  lossSum: number;
  correct: number;
  readonly confusion: number[];
}

export function emptyEvaluation(classes: number): EvaluationSums {
  return { images: 0, lossSum: 0, correct: 0, confusion: new Array<number>(classes * classes).fill(0) };
}

/** Adds a batch's scores: log-sum-exp in float64; the predicted class is the first maximum. */
export function addScores(sums: EvaluationSums, logits: Float32Array, labels: Labels, classes: number): void {
  labels.forEach((label, image) => {
    const scores = logits.subarray(image * classes, (image + 1) * classes);
    const largest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
    const predicted = Math.max(0, scores.indexOf(largest));
    sums.images += 1;
    sums.lossSum += largest + Math.log(total) - (scores[label] ?? 0);
    sums.correct += Number(predicted === label);
    const cell = label * classes + predicted;
    sums.confusion[cell] = (sums.confusion[cell] ?? 0) + 1;
  });
}
