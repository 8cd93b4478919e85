import { optimizerSlots } from "@nin/backend";
import type { Optimizer } from "@nin/spec";
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

/** The state before the first step: zeros for AdamW, nothing for SGD, whose first velocity is the gradient. */
export function initializeState(
  runtime: Runtime,
  optimizer: Optimizer,
  parameters: TensorStore,
  state: TensorStore,
): void {
  state.clear();
  if (optimizer.kind === "sgd") return;
  for (const slot of optimizerSlots(optimizer)) {
    for (const name of parameters.names) {
      state.put(
        `${slot}.${name}`,
        runtime.tidy(() => runtime.tf.zerosLike(parameters.get(name))),
      );
    }
  }
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
