import type { AdamW, Optimizer, Sgd } from "@nin/spec";
import { add, divide, multiply, squareRoot, subtract } from "../graph/arithmetic.js";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";

/** What updates are written with, each operation rounded to float32 by itself: nodes of a graph, or instructions. */
export interface UpdateArithmetic<Operand> {
  add(a: Operand, b: Operand | number): Operand;
  subtract(a: Operand, b: Operand): Operand;
  multiply(a: Operand, b: Operand | number): Operand;
  divide(a: Operand, b: Operand): Operand;
  squareRoot(a: Operand): Operand;
}

/** What the update of one parameter is computed from. */
export interface Update<Operand> {
  readonly weight: Operand;
  readonly gradient: Operand;
  /** The optimizer's state in a slot. */
  readonly state: (slot: string) => Operand;
  /** A scalar of the step. */
  readonly scalar: (name: string) => Operand;
}

/** How an optimizer updates a parameter. */
export interface UpdateRule {
  /** Inputs that differ from step to step. */
  readonly scalars: readonly string[];
  update<Operand>(
    arithmetic: UpdateArithmetic<Operand>,
    update: Update<Operand>,
  ): { readonly weight: Operand; readonly state: Readonly<Record<string, Operand>> };
}

/** Updates as nodes of a graph. */
export function graphArithmetic(graph: GraphBuilder): UpdateArithmetic<Value> {
  return {
    add: (a, b) => add(graph, a, b),
    subtract: (a, b) => subtract(graph, a, b),
    multiply: (a, b) => multiply(graph, a, b),
    divide: (a, b) => divide(graph, a, b),
    squareRoot: (a) => squareRoot(graph, a),
  };
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
    update({ add, subtract, multiply }, { weight, gradient, state, scalar }) {
      const decayed = weightDecay === 0 ? gradient : add(gradient, multiply(weight, weightDecay));
      const velocity = momentum === 0 ? decayed : add(multiply(state("velocity"), momentum), decayed);
      const next = subtract(weight, multiply(velocity, scalar("learningRate")));
      return { weight: next, state: momentum === 0 ? {} : { velocity } };
    },
  };
}

/** PyTorch's AdamW. State: `moment1`, `moment2`. */
function adamwRule({ beta1, beta2, epsilon }: AdamW): UpdateRule {
  return {
    scalars: ["keep", "stepSize", "denominatorScale"],
    update({ add, subtract, multiply, divide, squareRoot }, { weight, gradient, state, scalar }) {
      const moment1 = add(multiply(state("moment1"), beta1), multiply(gradient, 1 - beta1));
      const squares = multiply(multiply(gradient, gradient), 1 - beta2);
      const moment2 = add(multiply(state("moment2"), beta2), squares);
      const root = multiply(squareRoot(moment2), scalar("denominatorScale"));
      const direction = divide(moment1, add(root, epsilon));
      const next = subtract(multiply(weight, scalar("keep")), multiply(direction, scalar("stepSize")));
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
