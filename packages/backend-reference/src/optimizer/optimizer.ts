import { checkParameters } from "@nin/backend";
import type { Optimizer, Parameters, Shape } from "@nin/spec";
import { copyTensors, type Parameters64, type Tensor64 } from "../tensor64.js";
import { initialMoments, stepAdamW } from "./adamw.js";
import { stepSgd } from "./sgd.js";

/** What an optimizer remembers: `velocity.<parameter>`, `moment1.<parameter>`, `moment2.<parameter>`. */
export type OptimizerState = Map<string, Tensor64>;

/** The state before the first step. */
export function initialState(optimizer: Optimizer, parameters: Parameters64): OptimizerState {
  return optimizer.kind === "adamw" ? initialMoments(parameters) : new Map();
}

/** Where a step stands in a run, and its rate. */
export interface StepPosition {
  readonly learningRate: number;
  /** Steps done before it. */
  readonly step: number;
}

/** One update. Changes `parameters` and `state`. */
export function stepOptimizer(
  optimizer: Optimizer,
  parameters: Parameters64,
  gradients: Parameters64,
  state: OptimizerState,
  { learningRate, step }: StepPosition,
): void {
  if (optimizer.kind === "sgd") stepSgd(optimizer, parameters, gradients, state, learningRate);
  else stepAdamW(optimizer, parameters, gradients, state, learningRate, step + 1);
}

/**
 * A copy of a state that was saved. SGD's may be empty, as before its first step.
 *
 * Throws: `ParameterError` when it is not the optimizer's.
 */
export function restoreState(
  optimizer: Optimizer,
  parameters: Parameters64,
  saved: Parameters,
): OptimizerState {
  checkParameters(saved, stateShapes(optimizer, parameters, saved));
  return copyTensors(saved);
}

function stateShapes(
  optimizer: Optimizer,
  parameters: Parameters64,
  saved: Parameters,
): ReadonlyMap<string, Shape> {
  if (optimizer.kind === "adamw") return shapesNamed(["moment1", "moment2"], parameters);
  const empty = optimizer.momentum === 0 || saved.size === 0;
  return shapesNamed(empty ? [] : ["velocity"], parameters);
}

function shapesNamed(prefixes: readonly string[], parameters: Parameters64): ReadonlyMap<string, Shape> {
  return new Map(
    prefixes.flatMap((prefix) =>
      [...parameters].map(([name, { shape }]) => [`${prefix}.${name}`, shape] as const),
    ),
  );
}
