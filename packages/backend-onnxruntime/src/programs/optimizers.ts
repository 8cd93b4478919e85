import type { AdamW, Optimizer, Sgd } from "@nin/spec";
import { add, divide, multiply, squareRoot, subtract } from "../graph/arithmetic.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";

/** What the update of one parameter is computed from. */
export interface Update {
  readonly weight: Value;
  readonly gradient: Value;
  /** The optimizer's state in a slot. */
  readonly state: (slot: string) => Value;
  /** A scalar of the step. */
  readonly scalar: (name: string) => Value;
}

/** How an optimizer updates a parameter. */
export interface UpdateRule {
  /** Inputs that differ from step to step. */
  readonly scalars: readonly string[];
  update(
    graph: GraphBuilder,
    update: Update,
  ): { readonly weight: Value; readonly state: Readonly<Record<string, Value>> };
}

export function updateRule(optimizer: Optimizer): UpdateRule {
  return optimizer.kind === "sgd" ? sgdRule(optimizer) : adamwRule(optimizer);
}

/**
 * The values of the rule's scalars, computed in float64.
 *
 * @param t the step of the whole run, from 0
 */
export function updateScalars(
  optimizer: Optimizer,
  learningRate: number,
  t: number,
): Readonly<Record<string, number>> {
  return optimizer.kind === "sgd" ? { learningRate } : adamwScalars(optimizer, learningRate, t);
}

/** PyTorch's SGD. State: `velocity`, when there is momentum. Scalars: `learningRate`. */
function sgdRule({ momentum, weightDecay }: Sgd): UpdateRule {
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

/** PyTorch's AdamW. State: `moment1`, `moment2`. */
function adamwRule({ beta1, beta2, epsilon }: AdamW): UpdateRule {
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
 * `keep = 1 - learningRate * weightDecay`, `stepSize = learningRate / (1 - beta1^(t+1))`,
 * `denominatorScale = 1 / sqrt(1 - beta2^(t+1))`.
 */
function adamwScalars(
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
