import type { TrainingState } from "@nin/backend";
import { checkEqual } from "./check.js";
import { checkSameTensors } from "./tensors.js";

/** Fails unless two states are the same: step, parameters and optimizer, bit for bit. */
export function checkSameState(actual: TrainingState, expected: TrainingState, what: string): void {
  checkEqual(actual.step, expected.step, `${what}: step`);
  checkSameTensors(actual.parameters, expected.parameters, `${what}: parameters`);
  checkSameTensors(actual.optimizer, expected.optimizer, `${what}: optimizer state`);
}
