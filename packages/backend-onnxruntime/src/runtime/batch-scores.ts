import { crossEntropy, type Labels } from "@nin/backend";
import { at } from "@nin/spec";

/** Sums over the batches evaluated so far. */
export interface EvaluationSums {
  count: number;
  lossSum: number;
  correct: number;
  readonly confusion: number[];
}

export function emptyEvaluation(classes: number): EvaluationSums {
  return { count: 0, lossSum: 0, correct: 0, confusion: new Array<number>(classes * classes).fill(0) };
}

/** Adds the scores of a batch. Losses are computed in float64; of equal scores the first is the predicted class. */
export function addScores(sums: EvaluationSums, logits: Float32Array, labels: Labels, classes: number): void {
  labels.forEach((label, image) => {
    const scores = logits.subarray(image * classes, (image + 1) * classes);
    const { loss, predictedClass } = crossEntropy(scores, label);
    sums.count += 1;
    sums.lossSum += loss;
    sums.correct += Number(predictedClass === label);
    const cell = label * classes + predictedClass;
    sums.confusion[cell] = at(sums.confusion, cell) + 1;
  });
}
