import { present } from "@nin/spec";
/** An image's scores: [classes]. */
export type Scores = ArrayLike<number>;

/** What an image's scores say, by softmax cross-entropy in float64. */
export interface CrossEntropy {
  /** `log(sum over c of exp(scores[c])) - scores[label]`. */
  readonly loss: number;
  /** The position of the first largest score; NaN counts as the largest. */
  readonly predictedClass: number;
  /** The softmax of the predicted class. */
  readonly probability: number;
}

/**
 * The loss of one image, and its predicted class.
 *
 * Nothing is subtracted from a number to which it was added: the loss is
 * `log(1 + sum of exp(score - largest) over all but the largest) + (largest - scores[label])`, two terms that are
 * not negative. It is exact to some roundings for scores of any size: ln 2 for two that are equal, whether both are
 * 1 or 1e30, and exp(-40) for a sure prediction.
 *
 * A score of minus infinity has probability 0: as the label's it costs infinity, as another's nothing. Scores
 * among which is NaN or infinity, or of minus infinity alone, have no softmax: loss and probability are NaN.
 *
 * @param scores [classes]; float32 or float64
 * @param label its class, from 0
 */
export function crossEntropy(scores: Scores, label: number): CrossEntropy {
  const predictedClass = firstLargest(scores);
  const largest = present(scores[predictedClass]);
  if (!Number.isFinite(largest)) return { loss: Number.NaN, predictedClass, probability: Number.NaN };
  let others = 0;
  for (let c = 0; c < scores.length; c += 1) {
    if (c !== predictedClass) others += Math.exp(present(scores[c]) - largest);
  }
  const loss = Math.log1p(others) + (largest - present(scores[label]));
  return { loss, predictedClass, probability: 1 / (1 + others) };
}

/**
 * The derivative of an image's loss by its scores, `softmax(scores) - onehot(label)`. That of the label is the
 * others' probabilities, negated: the probability less 1 would leave nothing of a sure prediction. NaN where the
 * loss is NaN.
 *
 * @param scores [classes]
 * @param label its class, from 0
 * @param gradient [classes]; where it is written
 */
export function writeCrossEntropyGradient(scores: Scores, label: number, gradient: Float64Array): void {
  const largest = present(scores[firstLargest(scores)]);
  if (!Number.isFinite(largest)) {
    gradient.fill(Number.NaN);
    return;
  }
  let others = 0;
  for (let c = 0; c < scores.length; c += 1) {
    const exponential = Math.exp(present(scores[c]) - largest);
    gradient[c] = exponential;
    if (c !== label) others += exponential;
  }
  const total = others + present(gradient[label]);
  gradient[label] = -others;
  for (let c = 0; c < scores.length; c += 1) gradient[c] = present(gradient[c]) / total;
}

/** The position of the first largest score; the first NaN, where there is one. 0 for none at all. */
export function firstLargest(scores: Scores): number {
  let position = 0;
  for (let c = 0; c < scores.length; c += 1) {
    const score = present(scores[c]);
    if (Number.isNaN(score)) return c;
    if (score > present(scores[position])) position = c;
  }
  return position;
}
