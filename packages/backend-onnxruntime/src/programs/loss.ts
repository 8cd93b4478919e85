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
 * Weighted softmax cross-entropy: `-sum(targets * logSoftmax(logits))`, by log-sum-exp. Written out, because the WebGPU
 * provider has no `LogSoftmax`. The term of the label is selected rather than multiplied by 0 elsewhere, so that another
 * score of minus infinity does not make the loss NaN. The gradient at the label is computed from the other classes'
 * exponentials, as subtracting 1 from a probability close to 1 would cancel.
 *
 * @param logits [images, classes]
 * @param targets [images, classes]: an image's weight (1 / batch size) at its label, 0 elsewhere;
 * all 0 for an image that pads a micro-batch
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
