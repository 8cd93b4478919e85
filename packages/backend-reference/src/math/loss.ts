import { crossEntropy, firstLargest, type Labels, writeCrossEntropyGradient } from "@nin/backend";
import { type Tensor64, tensor64 } from "../tensors/tensor64.js";

/** Softmax cross-entropy of a batch. */
export interface Loss {
  /** Mean over the images. */
  readonly mean: number;
  /** Derivative of the mean by the scores, in their shape. */
  readonly gradient: Tensor64;
}

/**
 * `loss[n] = log(sum over c of exp(scores[n,c])) - scores[n,label[n]]`, its mean and the mean's
 * gradient `(softmax(scores) - onehot(label)) / N`.
 *
 * Shapes: scores [N, classes].
 */
export function softmaxCrossEntropy(scores: Tensor64, labels: Labels): Loss {
  const batch = labels.length;
  const classes = scores.data.length / batch;
  const gradient = tensor64(scores.shape);
  let total = 0;
  labels.forEach((label, n) => {
    const row = scores.data.subarray(n * classes, (n + 1) * classes);
    const ofRow = gradient.data.subarray(n * classes, (n + 1) * classes);
    total += crossEntropy(row, label).loss;
    writeCrossEntropyGradient(row, label, ofRow);
    ofRow.forEach((value, c) => {
      ofRow[c] = value / batch;
    });
  });
  return { mean: total / batch, gradient };
}

/** The position of each image's first largest score. Shapes: scores [N, classes]. */
export function predictedClasses(scores: Tensor64, batch: number): readonly number[] {
  const classes = scores.data.length / batch;
  return Array.from({ length: batch }, (_, n) =>
    firstLargest(scores.data.subarray(n * classes, (n + 1) * classes)),
  );
}
