import type { CaseContext } from "../case/case.js";
import { check, checkEqual } from "../check/check.js";
import { checkNames, largestDifference } from "../check/tensors.js";
import { type RunDistance, runDistance } from "./distance.js";
import { expectedRun, type RunDemands, type SampledPlan } from "./expected-run.js";
import { type RunOutcome, runPlan } from "./outcome.js";
import type { RunPlan } from "./plan.js";

/** Fails unless the run on the backend under test is the oracle's, within some spreads of it. */
export async function compareRun(context: CaseContext, plan: RunPlan): Promise<void> {
  await compareSampledRun(context, () => plan);
}

/** The same of the first of a run's draws that proves something. Throws: `ConformanceFailure` where none does. */
export async function compareSampledRun(
  context: CaseContext,
  planOf: SampledPlan,
  demands: RunDemands = {},
): Promise<void> {
  const { plan, outcome, tolerance } = await expectedRun(context, planOf, demands);
  const model = await context.compile(plan.architecture, plan.compile);
  checkRun(await runPlan(model, plan), outcome, tolerance);
}

/** Fails unless losses, evaluations, tensors and the probe's scores are within their tolerances. */
export function checkRun(actual: RunOutcome, expected: RunOutcome, tolerance: RunDistance): void {
  const distance = runDistance(actual, expected);
  expected.losses.forEach((loss, step) => {
    const far = distance.losses[step];
    checkWithin(
      far,
      tolerance.losses[step],
      `loss of step ${step + 1}`,
      `${actual.losses[step]} instead of ${loss}`,
    );
  });
  checkEvaluations(actual, expected, distance, tolerance);
  checkNames(actual.tensors, expected.tensors, "updates and optimizer state");
  for (const [name, wanted] of expected.tensors) {
    const given = actual.tensors.get(name);
    const most = given === undefined ? "missing" : `most ${largestDifference(given, wanted)}`;
    const what = `${name} after step ${expected.losses.length}`;
    checkWithin(distance.tensors.get(name), tolerance.tensors.get(name), what, most);
  }
  const most = `most ${largestDifference(actual.logits, expected.logits)}`;
  checkWithin(distance.logits, tolerance.logits, "scores after the last step", most);
}

function checkEvaluations(
  actual: RunOutcome,
  expected: RunOutcome,
  distance: RunDistance,
  tolerance: RunDistance,
): void {
  expected.evaluations.forEach(({ count: images, correct, confusion, lossSum }, index) => {
    const given = actual.evaluations[index];
    const what = `evaluation ${index + 1}`;
    checkEqual(
      [given?.count, given?.correct, [...(given?.confusion ?? [])]],
      [images, correct, [...confusion]],
      `${what}: images, correct, confusion`,
    );
    const values = `${given?.lossSum} instead of ${lossSum}`;
    checkWithin(distance.evaluations[index], tolerance.evaluations[index], `${what}: sum of losses`, values);
  });
}

function checkWithin(far = Number.NaN, allowed = 0, what: string, values: string): void {
  check(
    far <= allowed,
    `${what}: relative error ${far.toExponential(2)}, allowed ${allowed.toExponential(2)}; ${values}`,
  );
}
