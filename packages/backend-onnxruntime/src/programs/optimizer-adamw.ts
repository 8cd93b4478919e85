import type { AdamW } from "@nin/spec";
import { add, divide, multiply, squareRoot, subtract } from "../graph/arithmetic.js";
import type { UpdateRule } from "./train.js";

/** PyTorch's AdamW. State: `moment1`, `moment2`. The scalars of a step come from the host. */
export function adamwRule({ beta1, beta2, epsilon }: AdamW): UpdateRule {
  return {
    scalars: ["keep", "stepSize", "denominatorScale"],
    update(graph, { weight, gradient, state, scalar }) {
      const moment1 = add(
        graph,
        multiply(graph, state("moment1"), beta1),
        multiply(graph, gradient, 1 - beta1),
      );
      const moment2 = add(
        graph,
        multiply(graph, state("moment2"), beta2),
        multiply(graph, multiply(graph, gradient, gradient), 1 - beta2),
      );
      const root = multiply(graph, squareRoot(graph, moment2), scalar("denominatorScale"));
      const direction = divide(graph, moment1, add(graph, root, epsilon));
      const kept = multiply(graph, weight, scalar("keep"));
      const next = subtract(graph, kept, multiply(graph, direction, scalar("stepSize")));
      return { weight: next, state: { moment1, moment2 } };
    },
  };
}

/**
 * The scalars of step `t` (from 0), computed in float64: `keep = 1 - learningRate * weightDecay`,
 * `stepSize = learningRate / (1 - beta1^(t+1))`, `denominatorScale = 1 / sqrt(1 - beta2^(t+1))`.
 */
export function adamwScalars(
  { beta1, beta2, weightDecay }: AdamW,
  learningRate: number,
  t: number,
): Readonly<Record<string, number>> {
  return {
    keep: 1 - learningRate * weightDecay,
    stepSize: learningRate / (1 - beta1 ** (t + 1)),
    denominatorScale: 1 / Math.sqrt(1 - beta2 ** (t + 1)),
  };
}
