import { exponential, multiply, subtract } from "../graph/elementwise.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { reduceSum } from "../graph/products.js";
import { extentOf } from "../graph/shape.js";

/** The loss of a micro-batch, and its gradient with respect to the logits. */
export interface Loss {
  /** Scalar. */
  readonly sum: Value;
  readonly logitsGradient: Value;
}

/**
 * Softmax cross-entropy, weighted: `-sum(targets * logSoftmax(logits))`.
 *
 * @param logits [images, classes]
 * @param targets [images, classes]: an image's weight (1 / batch size) at its label, 0 elsewhere;
 * all 0 for an image that only fills up a micro-batch
 */
export function softmaxCrossEntropy(graph: GraphBuilder, logits: Value, targets: Value): Loss {
  const logProbabilities = graph.node("LogSoftmax", [logits], logits, { axis: { int: -1 } });
  const negated = multiply(graph, multiply(graph, logProbabilities, targets), -1);
  const weights = graph.node(
    "ReduceSum",
    [targets, graph.constant(BigInt64Array.of(1n), [1])],
    { type: "float32", shape: [extentOf(targets, 0), 1] },
    { keepdims: { int: 1 } },
  );
  const probabilities = exponential(graph, logProbabilities);
  return {
    sum: reduceSum(graph, negated, [0, 1]),
    logitsGradient: subtract(graph, multiply(graph, probabilities, weights), targets),
  };
}
