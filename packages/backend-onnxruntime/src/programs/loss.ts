import {
  cast,
  divide,
  exponential,
  isPositive,
  logarithm,
  multiply,
  reduceMax,
  reduceSum,
  subtract,
  where,
} from "../graph/arithmetic.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";

/** The loss of a micro-batch, and its gradient with respect to the logits. */
export interface Loss {
  /** Scalar. */
  readonly sum: Value;
  readonly logitsGradient: Value;
}

const OF_EACH_IMAGE = { keepAxes: true };

/**
 * Softmax cross-entropy, weighted: `-sum(targets * logSoftmax(logits))`, by log-sum-exp. Written
 * out, because the WebGPU provider has no `LogSoftmax`. The label's term is chosen, not multiplied by 0
 * elsewhere: another score that is minus infinity costs nothing. The gradient at the label is made of the
 * other classes' exponentials: the probability less 1 would leave nothing of a sure prediction.
 *
 * @param logits [images, classes]
 * @param targets [images, classes]: an image's weight (1 / batch size) at its label, 0 elsewhere;
 * all 0 for an image that only fills up a micro-batch
 */
export function softmaxCrossEntropy(graph: GraphBuilder, logits: Value, targets: Value): Loss {
  const shifted = subtract(graph, logits, reduceMax(graph, logits, [1], OF_EACH_IMAGE));
  const exponentials = exponential(graph, shifted);
  const total = reduceSum(graph, exponentials, [1], OF_EACH_IMAGE);
  const logProbabilities = subtract(graph, shifted, logarithm(graph, total));
  const losses = where(graph, cast(graph, targets, "bool"), multiply(graph, logProbabilities, targets), 0);
  const weights = reduceSum(graph, targets, [1], OF_EACH_IMAGE);
  const isLabel = isPositive(graph, targets);
  const others = subtract(graph, exponentials, multiply(graph, exponentials, isLabel));
  const ofOthers = reduceSum(graph, others, [1], OF_EACH_IMAGE);
  const difference = subtract(graph, others, multiply(graph, isLabel, ofOthers));
  return {
    sum: multiply(graph, reduceSum(graph, losses, [0, 1]), -1),
    logitsGradient: multiply(graph, divide(graph, difference, total), weights),
  };
}
