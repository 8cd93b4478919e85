import { checkParameters } from "@nin/backend";
import type { Optimizer, Parameters, Shape } from "@nin/spec";
import type { Runtime } from "../runtime/runtime.js";
import type { TensorStore } from "../runtime/tensor-store.js";
import type { DeviceTensor } from "../runtime/tensorflow.js";
import { stepAdamW } from "./adamw.js";
import { stepSgd } from "./sgd.js";

/** Where a step stands in a run, and its rate. */
export interface StepPosition {
  readonly learningRate: number;
  /** Steps done before it. */
  readonly step: number;
}

/** What an update changes and takes. */
export interface Update {
  readonly parameters: TensorStore;
  /** `velocity.<parameter>`, or `moment1.<parameter>` and `moment2.<parameter>`. */
  readonly state: TensorStore;
  readonly gradients: ReadonlyMap<string, DeviceTensor>;
}

/** The names under which an optimizer remembers something of each parameter. */
export function statePrefixes(optimizer: Optimizer): readonly string[] {
  if (optimizer.kind === "adamw") return ["moment1", "moment2"];
  return optimizer.momentum === 0 ? [] : ["velocity"];
}

/** The state before the first step: zeros for AdamW, nothing for SGD, whose first velocity is the gradient. */
export function initializeState(
  runtime: Runtime,
  optimizer: Optimizer,
  parameters: TensorStore,
  state: TensorStore,
): void {
  state.clear();
  if (optimizer.kind === "sgd") return;
  for (const prefix of statePrefixes(optimizer)) {
    for (const name of parameters.names) {
      state.put(
        `${prefix}.${name}`,
        runtime.tidy(() => runtime.tf.zerosLike(parameters.get(name))),
      );
    }
  }
}

/** Throws: `ParameterError` when a saved state is not the optimizer's. SGD's may be empty, as before its first step. */
export function checkState(
  optimizer: Optimizer,
  shapes: ReadonlyMap<string, Shape>,
  saved: Parameters,
): void {
  const prefixes = optimizer.kind === "sgd" && saved.size === 0 ? [] : statePrefixes(optimizer);
  const expected = prefixes.flatMap((prefix) =>
    [...shapes].map(([name, shape]) => [`${prefix}.${name}`, shape] as const),
  );
  checkParameters(saved, new Map(expected));
}

/** One update of all parameters. */
export function stepOptimizer(
  runtime: Runtime,
  optimizer: Optimizer,
  update: Update,
  position: StepPosition,
): void {
  if (optimizer.kind === "sgd") stepSgd(runtime, optimizer, update, position);
  else stepAdamW(runtime, optimizer, update, position);
}
