import { crossEntropy, type Labels } from "@nin/backend";

/** Sums over evaluated batches. */
export interface EvaluationSums {
  count: number;
  lossSum: number;
  correct: number;
  readonly confusion: number[];
}

export function emptyEvaluation(classes: number): EvaluationSums {
  return { count: 0, lossSum: 0, correct: 0, confusion: new Array<number>(classes * classes).fill(0) };
}

/** Adds a batch's scores: losses in float64; the predicted class is the first maximum. */
export function addScores(sums: EvaluationSums, logits: Float32Array, labels: Labels, classes: number): void {
  labels.forEach((label, image) => {
    const scores = logits.subarray(image * classes, (image + 1) * classes);
    const { loss, predictedClass } = crossEntropy(scores, label);
    sums.count += 1;
    sums.lossSum += loss;
    sums.correct += Number(predictedClass === label);
    const cell = label * classes + predictedClass;
    sums.confusion[cell] = (sums.confusion[cell] ?? 0) + 1;
  });
}
