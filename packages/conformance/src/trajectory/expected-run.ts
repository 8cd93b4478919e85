import type { Model } from "@nin/backend";
import type { CaseContext } from "../case/case.js";
import { ConformanceFailure } from "../case/failure.js";
import type { Tolerances, TrajectoryTolerances } from "../case/tolerances.js";
import { perturbed } from "../networks/inputs.js";
import { createMixedReference } from "../sampling/rounded-reference.js";
import {
  isTooLong,
  isWithin,
  largerDistance,
  largestOf,
  type RunDistance,
  runDistance,
  runTolerance,
} from "./distance.js";
import { type RunOutcome, type RunRecord, runPlan } from "./outcome.js";
import type { RunPlan } from "./plan.js";

/** Of what is allowed, that roundings to float16 may take in a draw. */
const SHARE = 0.5;

/** The oracle's run, and how far another may be from it. */
export interface ExpectedRun {
  readonly plan: RunPlan;
  readonly outcome: RunOutcome;
  readonly tolerance: RunDistance;
}

/** A run by the number of its draw: the same steps from other numbers. */
export type SampledPlan = (draw: number) => RunPlan;

/** What is asked of a run beside its spread. */
export interface RunDemands {
  /** That it lowers its loss; false by default. */
  readonly descends?: boolean;
}

/**
 * The first draw of a run that proves something: in float32 the only one; in mixed precision, where more of
 * them come near a kink, one of 24.
 *
 * Throws: `ConformanceFailure` for a plan that rounding decides, a loss too small, or one that does not fall.
 */
export async function expectedRun(
  context: CaseContext,
  planOf: SampledPlan,
  demands: RunDemands = {},
): Promise<ExpectedRun> {
  let refusal = "";
  for (let draw = 0; draw < context.tolerances.trajectory.maxSamples; draw += 1) {
    const judged = await judgedRun(context, planOf(draw), demands);
    if (typeof judged !== "string") return judged;
    refusal = judged;
  }
  throw new ConformanceFailure(refusal);
}

/** Why a plan proves nothing, where it does not. */
async function judgedRun(
  context: CaseContext,
  plan: RunPlan,
  demands: RunDemands,
): Promise<ExpectedRun | string> {
  const { trajectory } = context.tolerances;
  const oracle = await context.oracle(plan.architecture, plan.compile);
  const outcome = await runPlan(oracle, plan);
  const { losses } = outcome;
  const least = Math.min(...losses);
  if (least < trajectory.leastLoss) return `the oracle's own loss falls to ${least}: choose another rate`;
  if (demands.descends === true && !descends(outcome, trajectory)) {
    return `the oracle's own losses, from ${losses[0]} to ${losses.at(-1)}, fall by too little: choose another rate`;
  }
  const spread = await runSpread(oracle, plan, outcome, context.tolerances);
  if (isTooLong(spread, trajectory)) {
    const apart = largestOf(spread).toExponential(2);
    return `the oracle's own runs are ${apart} apart: choose another seed, or fewer steps`;
  }
  const tolerance = runTolerance(spread, trajectory);
  if (context.precision === "mixed" && !(await isNear(plan, outcome, tolerance))) {
    return "factors of float16 bring the oracle's own run to a kink: choose another seed";
  }
  return { plan, outcome, tolerance };
}

/** Whether the oracle with mixed precision's roundings takes at most half of what is allowed. */
export async function isNear(plan: RunPlan, expected: RunOutcome, tolerance: RunDistance): Promise<boolean> {
  await using rounded = await createMixedReference().compile(plan.architecture, plan.compile);
  return isWithin(runDistance(await runPlan(rounded, plan), expected), tolerance, SHARE);
}

const PERTURBED_RUNS = 8;

/**
 * How far the oracle's own runs get apart when every initial weight is moved by one rounding: the
 * largest distance of 8 such runs from the one that was not moved; of fewer, once these are too far apart to judge by.
 * Updates are measured from the weights as they were, or, where rounding leaves those alone, from the moved ones.
 */
export async function runSpread(
  oracle: Model,
  plan: RunPlan,
  expected: RunOutcome,
  { sampling, trajectory }: Tolerances,
): Promise<RunDistance> {
  let spread = runDistance(expected, expected);
  for (let run = 0; run < PERTURBED_RUNS; run += 1) {
    const start = perturbed(plan.parameters, run, sampling.weightRounding);
    const moved = await runPlan(oracle, sampling.roundsStored ? plan : { ...plan, parameters: start }, start);
    spread = largerDistance(spread, runDistance(moved, expected));
    if (isTooLong(spread, trajectory)) break;
  }
  return spread;
}

const COMPARED = 5;

/** Whether a run lowers its loss: on a plateau every program looks right. */
export function descends({ losses }: RunRecord, { leastDescent }: TrajectoryTolerances): boolean {
  const [first, last] = [mean(losses.slice(0, COMPARED)), mean(losses.slice(-COMPARED))];
  return last <= (1 - leastDescent) * first;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
