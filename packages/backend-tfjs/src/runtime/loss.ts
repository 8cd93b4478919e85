import type { Labels } from "@nin/backend";
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
 * first, so that no exponential overflows. Shapes: scores [N, classes].
 */
export function softmaxCrossEntropy(
  tf: TensorFlow,
  scores: DeviceTensor,
  labels: Labels,
  batchSize: number,
): Loss {
  const [, classes = 1] = scores.shape;
  const target = oneHot(tf, labels, classes);
  const shifted = tf.sub(scores, tf.max(scores, 1, true));
  const exponentials = tf.exp(shifted);
  const total = tf.sum(exponentials, 1, true);
  const own = tf.sum(tf.mul(shifted, target), 1);
  const losses = tf.sub(tf.log(tf.reshape(total, [labels.length])), own);
  const difference = tf.sub(tf.div(exponentials, total), target);
  return { losses, gradient: tf.mul(difference, 1 / batchSize) };
}

/**
 * Each image's first largest score. TensorFlow does not say which of equal ones its `ArgMax` takes. Shapes:
 * scores [N, classes], result [N], float32.
 */
export function predictedClasses(tf: TensorFlow, scores: DeviceTensor): DeviceTensor {
  const [, classes = 1] = scores.shape;
  const position = tf.range(0, classes, 1, "float32");
  const largest = tf.greaterEqual(scores, tf.max(scores, 1, true));
  return tf.min(tf.where(largest, tf.add(tf.zerosLike(scores), position), tf.fill(scores.shape, classes)), 1);
}

function oneHot(tf: TensorFlow, labels: Labels, classes: number): DeviceTensor {
  const values = new Float32Array(labels.length * classes);
  labels.forEach((label, n) => {
    values[n * classes + label] = 1;
  });
  return tf.tensor2d(values, [labels.length, classes]);
}
