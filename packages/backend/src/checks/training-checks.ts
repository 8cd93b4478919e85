import type { Optimizer, Shape } from "@nin/spec";
import { ParameterError } from "../contract/errors.js";
import type { TrainingState } from "../contract/training-session.js";
import { checkParameters } from "./batch-checks.js";
import { isBeforeFirstStep, optimizerStateShapes } from "./optimizer-state.js";

/**
 * The step itself.
 *
 * @throws `ParameterError` unless it is a whole number of at least 0.
 */
export function checkStep(step: number): number {
  if (Number.isSafeInteger(step) && step >= 0) return step;
  throw new ParameterError("step", "a whole number of at least 0", `${step}`);
}

/**
 * @throws `ParameterError` unless step, parameters and optimizer state are those of a run with this optimizer
 * and parameters of these shapes. SGD's state may be empty, as before its first step.
 */
export function checkTrainingState(
  state: TrainingState,
  optimizer: Optimizer,
  parameters: ReadonlyMap<string, Shape>,
): void {
  checkStep(state.step);
  checkParameters(state.parameters, parameters);
  if (isBeforeFirstStep(optimizer, state.optimizer)) return;
  checkParameters(state.optimizer, optimizerStateShapes(optimizer, parameters));
}
