import type { Sgd } from "@nin/spec";
import { add, multiply, subtract } from "../graph/arithmetic.js";
import type { UpdateRule } from "./train.js";

/** PyTorch's SGD. State: `velocity`, when there is momentum. Scalars: `learningRate`. */
export function sgdRule(optimizer: Sgd): UpdateRule {
  const { momentum, weightDecay } = optimizer;
  return {
    scalars: ["learningRate"],
    update(graph, { weight, gradient, state, scalar }) {
      const decayed =
        weightDecay === 0 ? gradient : add(graph, gradient, multiply(graph, weight, weightDecay));
      const velocity =
        momentum === 0 ? decayed : add(graph, multiply(graph, state("velocity"), momentum), decayed);
      const next = subtract(graph, weight, multiply(graph, velocity, scalar("learningRate")));
      return { weight: next, state: momentum === 0 ? {} : { velocity } };
    },
  };
}

/** The scalars of a step. */
export function sgdScalars(learningRate: number): Readonly<Record<string, number>> {
  return { learningRate };
}
