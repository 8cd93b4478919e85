import type { Labels } from "@nin/backend";
import { type Tensor64, tensor64 } from "./tensor64.js";

/** Softmax cross-entropy of a batch. */
export interface Loss {
  /** Mean over the images. */
  readonly mean: number;
  /** Derivative of the mean by the scores, in their shape. */
  readonly gradient: Tensor64;
}

/**
 * `loss[n] = log(sum over c of exp(scores[n,c])) - scores[n,label[n]]`, its mean and the mean's
 * gradient `(softmax(scores) - onehot(label)) / N`. The largest score is taken off first, so
 * that no exponential overflows.
 *
 * Shapes: scores [N, classes].
 */
export function softmaxCrossEntropy(scores: Tensor64, labels: Labels): Loss {
  const batch = labels.length;
  const classes = scores.data.length / batch;
  const gradient = tensor64(scores.shape);
  let total = 0;
  for (let n = 0; n < batch; n += 1) {
    const row = scores.data.subarray(n * classes, (n + 1) * classes);
    const label = labels[n] ?? 0;
    const logSumExp = logOfSumOfExponentials(row);
    total += logSumExp - (row[label] ?? 0);
    row.forEach((score, c) => {
      const target = c === label ? 1 : 0;
      gradient.data[n * classes + c] = (Math.exp(score - logSumExp) - target) / batch;
    });
  }
  return { mean: total / batch, gradient };
}

/** The position of each image's first largest score. Shapes: scores [N, classes]. */
export function predictedClasses(scores: Tensor64, batch: number): readonly number[] {
  const classes = scores.data.length / batch;
  return Array.from({ length: batch }, (_, n) => {
    const row = scores.data.subarray(n * classes, (n + 1) * classes);
    return row.reduce((best, score, c) => (score > (row[best] ?? 0) ? c : best), 0);
  });
}

function logOfSumOfExponentials(values: Float64Array): number {
  const largest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
