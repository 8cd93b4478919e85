import type { Optimizer } from "@nin/spec";
import { initialMoments, stepAdamW } from "../optimizer/adamw.js";
import { stepSgd } from "../optimizer/sgd.js";
import type { Parameters64, Tensor64 } from "../tensors/tensor64.js";

/** What an optimizer remembers: `velocity.<parameter>`, `moment1.<parameter>`, `moment2.<parameter>`. */
export type OptimizerState = Map<string, Tensor64>;

/** The state before the first step. */
export function initialState(optimizer: Optimizer, parameters: Parameters64): OptimizerState {
  return optimizer.kind === "adamw" ? initialMoments(optimizer, parameters) : new Map();
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
