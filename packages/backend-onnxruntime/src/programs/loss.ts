import { divide, exponential, logarithm, multiply, subtract } from "../graph/elementwise.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { reduceMax, reduceSum } from "../graph/reductions.js";

/** The loss of a micro-batch, and its gradient with respect to the logits. */
export interface Loss {
  /** Scalar. */
  readonly sum: Value;
  readonly logitsGradient: Value;
}

const OF_EACH_IMAGE = { keepAxes: true };

/**
 * Softmax cross-entropy, weighted: `-sum(targets * logSoftmax(logits))`, by log-sum-exp. Written
 * out, because the WebGPU provider has no `LogSoftmax`.
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
  const losses = multiply(graph, multiply(graph, logProbabilities, targets), -1);
  const weights = reduceSum(graph, targets, [1], OF_EACH_IMAGE);
  const probabilities = divide(graph, exponentials, total);
  return {
    sum: reduceSum(graph, losses, [0, 1]),
    logitsGradient: subtract(graph, multiply(graph, probabilities, weights), targets),
  };
}
