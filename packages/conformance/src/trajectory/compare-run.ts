import type { Evaluation } from "@nin/backend";
import { at, entry } from "@nin/spec";
import type { CaseContext } from "../case/case.js";
import { check, checkCount, checkEqual } from "../check/check.js";
import { checkNames, checkShape, largestDifference } from "../check/tensors.js";
import { type RunDistance, runDistance } from "./distance.js";
import { expectedRun, type RunDemands, type SampledPlan } from "./expected-run.js";
import { type RunOutcome, runPlan } from "./outcome.js";
import type { RunPlan } from "./plan.js";

/** Fails unless a run on the backend under test is the oracle's, within a few spreads. */
export async function compareRun(context: CaseContext, plan: RunPlan): Promise<void> {
  await compareSampledRun(context, () => plan);
}

/**
 * As `compareRun`, for the first sample of a run that proves something.
 *
 * @throws ConformanceFailure also where no sample does
 */
export async function compareSampledRun(
  context: CaseContext,
  planOf: SampledPlan,
  demands: RunDemands = {},
): Promise<void> {
  const { plan, outcome, tolerance } = await expectedRun(context, planOf, demands);
  const model = await context.compile(plan.architecture, plan.compile);
  checkRun(await runPlan(model, plan), outcome, tolerance);
}

/**
 * Fails unless losses, evaluations, tensors and the probe's scores are within their tolerances.
 *
 * @throws ConformanceFailure also where something is missing or has another shape
 */
export function checkRun(actual: RunOutcome, expected: RunOutcome, tolerance: RunDistance): void {
  checkOutline(actual, expected);
  const distance = runDistance(actual, expected);
  expected.losses.forEach((loss, step) => {
    checkWithin(
      at(distance.losses, step),
      at(tolerance.losses, step),
      `loss of step ${step + 1}`,
      `${at(actual.losses, step)} instead of ${loss}`,
    );
  });
  checkEvaluations(actual, expected, distance, tolerance);
  for (const [name, wanted] of expected.tensors) {
    checkWithin(
      entry(distance.tensors, name),
      entry(tolerance.tensors, name),
      afterLast(name, expected),
      `largest difference ${largestDifference(entry(actual.tensors, name), wanted)}`,
    );
  }
  checkWithin(
    distance.logits,
    tolerance.logits,
    "scores after the last step",
    `largest difference ${largestDifference(actual.logits, expected.logits)}`,
  );
}

/** Fails unless everything is there, in its shape: numbers can be compared then. */
function checkOutline(actual: RunOutcome, expected: RunOutcome): void {
  checkCount(actual.losses, expected.losses.length, "losses");
  checkCount(actual.evaluations, expected.evaluations.length, "evaluations");
  checkNames(actual.tensors, expected.tensors, "updates and optimizer state");
  for (const [name, { shape }] of expected.tensors) {
    checkShape(actual.tensors.get(name), shape, afterLast(name, expected));
  }
  checkShape(actual.logits, expected.logits.shape, "scores after the last step");
}

function afterLast(name: string, { losses }: RunOutcome): string {
  return `${name} after step ${losses.length}`;
}

function checkEvaluations(
  actual: RunOutcome,
  expected: RunOutcome,
  distance: RunDistance,
  tolerance: RunDistance,
): void {
  expected.evaluations.forEach((wanted, index) => {
    const given = at(actual.evaluations, index);
    const what = `evaluation ${index + 1}`;
    checkEqual(countsOf(given), countsOf(wanted), `${what}: count, correct, confusion`);
    const values = `${given.lossSum} instead of ${wanted.lossSum}`;
    checkWithin(
      at(distance.evaluations, index),
      at(tolerance.evaluations, index),
      `${what}: sum of losses`,
      values,
    );
  });
}

function countsOf({ count, correct, confusion }: Evaluation): readonly unknown[] {
  return [count, correct, [...confusion]];
}

function checkWithin(distance: number, allowed: number, what: string, values: string): void {
  check(
    distance <= allowed,
    `${what}: relative error ${distance.toExponential(2)}, allowed ${allowed.toExponential(2)}; ${values}`,
  );
}
