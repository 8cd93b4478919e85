import { check } from "../check/check.js";
import { largestDifference } from "../check/position.js";
import { checkNames } from "../check/tensors.js";
import { type RunDistance, runDistance } from "./distance.js";
import type { RunOutcome } from "./outcome.js";

/** Fails unless every loss, every tensor and the probe's scores are within their tolerances. */
export function checkRun(actual: RunOutcome, expected: RunOutcome, tolerance: RunDistance): void {
  checkNames(actual.tensors, expected.tensors, "updates and optimizer state");
  const distance = runDistance(actual, expected);
  distance.losses.forEach((far, step) => {
    const given = `expected ${expected.losses[step]}, got ${actual.losses[step]}`;
    const allowed = tolerance.losses[step] ?? 0;
    check(
      far <= allowed,
      `loss of step ${step + 1}: ${given}; relative error ${far.toExponential(2)}, allowed ${allowed.toExponential(2)}`,
    );
  });
  for (const [name, expectedTensor] of expected.tensors) {
    const actualTensor = actual.tensors.get(name);
    const far = distance.tensors.get(name) ?? Number.NaN;
    const allowed = tolerance.tensors.get(name) ?? 0;
    const most =
      actualTensor === undefined ? "" : `; most ${largestDifference(actualTensor, expectedTensor)}`;
    check(
      far <= allowed,
      `${name} after ${expected.losses.length} steps: relative L2 error ${far.toExponential(2)}, allowed ${allowed.toExponential(2)}${most}`,
    );
  }
  check(
    distance.logits <= tolerance.logits,
    `scores after the last step: relative L2 error ${distance.logits.toExponential(2)}, allowed ${tolerance.logits.toExponential(2)}; most ${largestDifference(actual.logits, expected.logits)}`,
  );
}
