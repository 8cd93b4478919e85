import type { NamedTensors, Optimizer, Shape } from "@nin/spec";

/**
 * What an optimizer keeps for each parameter, in the parameter's shape: `velocity` for SGD with momentum,
 * `moment1` and `moment2` for AdamW. The state's tensors are named `<slot>.<parameter>`.
 */
export function optimizerSlots(optimizer: Optimizer): readonly string[] {
  if (optimizer.kind === "adamw") return ["moment1", "moment2"];
  return optimizer.momentum > 0 ? ["velocity"] : [];
}

/** Whether a state is SGD's before its first step: the velocities come to be in that step. */
export function isBeforeFirstStep(optimizer: Optimizer, state: NamedTensors): boolean {
  return optimizer.kind === "sgd" && state.size === 0;
}

/** The names and shapes of an optimizer's state once a step was done. */
export function optimizerStateShapes(
  optimizer: Optimizer,
  parameters: ReadonlyMap<string, Shape>,
): ReadonlyMap<string, Shape> {
  return new Map(
    optimizerSlots(optimizer).flatMap((slot) =>
      [...parameters].map(([name, shape]) => [`${slot}.${name}`, shape] as const),
    ),
  );
}
