import type { TrainingState } from "@nin/backend";
import { DivergedError } from "./errors.js";

/** Throws: `DivergedError` when a parameter or the optimizer's state holds NaN or infinity. */
export function requireFinite(state: TrainingState, lastCheckpoint: number | undefined): void {
  for (const [name, { data }] of [...state.parameters, ...state.optimizer]) {
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      const what = `${name} after step ${state.step} holds ${data[wrong]}`;
      throw new DivergedError(state.step, what, lastCheckpoint);
    }
  }
}
