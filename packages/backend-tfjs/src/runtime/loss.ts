import type { Labels } from "@nin/backend";
import { at } from "@nin/spec";
import type { DeviceTensor, TensorFlow } from "./tensorflow.js";

/** Softmax cross-entropy of some images of a batch. */
export interface Loss {
  /** [N], a loss an image. */
  readonly losses: DeviceTensor;
  /** Derivative of the whole batch's mean by the scores, [N, classes]. */
  readonly gradient: DeviceTensor;
}

/**
 * `loss[n] = log(sum over c of exp(scores[n,c])) - scores[n,label[n]]` and the gradient of the mean over
 * a batch of `batchSize`, `(softmax(scores) - onehot(label)) / batchSize`. The largest score is taken off
 * first, so that no exponential overflows. The label's score is chosen, not multiplied by 0 elsewhere: another
 * one of minus infinity costs nothing. The gradient at the label is made of the other classes' exponentials:
 * the probability less 1 would leave nothing of a sure prediction. Shapes: scores [N, classes].
 */
export function softmaxCrossEntropy(
  tf: TensorFlow,
  scores: DeviceTensor,
  labels: Labels,
  batchSize: number,
): Loss {
  const classes = at(scores.shape, 1);
  const isLabel = labelMask(tf, labels, classes);
  const zero = tf.zerosLike(scores);
  const shifted = tf.sub(scores, tf.max(scores, 1, true));
  const exponentials = tf.exp(shifted);
  const total = tf.sum(exponentials, 1, true);
  const own = tf.sum(tf.where(isLabel, shifted, zero), 1);
  const losses = tf.sub(tf.log(tf.reshape(total, [labels.length])), own);
  const others = tf.where(isLabel, zero, exponentials);
  const ofOthers = tf.neg(tf.sum(others, 1, true));
  const difference = tf.where(isLabel, tf.add(zero, ofOthers), others);
  return { losses, gradient: tf.mul(tf.div(difference, total), 1 / batchSize) };
}

/**
 * Each image's first largest score; NaN counts as the largest. TensorFlow does not say which of equal ones its
 * `ArgMax` takes. Shapes: scores [N, classes], result [N], float32.
 */
export function predictedClasses(tf: TensorFlow, scores: DeviceTensor): DeviceTensor {
  const classes = at(scores.shape, 1);
  const position = tf.add(tf.zeros(scores.shape), tf.range(0, classes, 1, "float32"));
  const largest = tf.greaterEqual(scores, tf.max(scores, 1, true));
  const candidates = tf.where(largest, position, tf.fill(scores.shape, classes));
  // Less than any other.
  const first = tf.min(tf.where(tf.isNaN(scores), tf.sub(position, classes), candidates), 1);
  return tf.where(tf.less(first, 0), tf.add(first, classes), first);
}

function labelMask(tf: TensorFlow, labels: Labels, classes: number): DeviceTensor {
  const values = new Uint8Array(labels.length * classes);
  labels.forEach((label, n) => {
    values[n * classes + label] = 1;
  });
  return tf.tensor2d(values, [labels.length, classes], "bool");
}
