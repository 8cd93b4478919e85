import type { Model } from "@nin/backend";
import { at } from "@nin/spec";
import type { CaseContext } from "../case/case.js";
import { ConformanceFailure } from "../case/failure.js";
import { roundsFactors, type Tolerances, type TrajectoryTolerances } from "../case/tolerances.js";
import { perturbed } from "../networks/inputs.js";
import { roundedReferenceOf } from "../sampling/rounded-reference.js";
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

/** The share of a tolerance that roundings of factors may use up. */
const SHARE = 0.5;

/** The oracle's run, and how far another may be from it. */
export interface ExpectedRun {
  readonly plan: RunPlan;
  readonly outcome: RunOutcome;
  readonly tolerance: RunDistance;
}

/** The plan of each sample of a run: the same steps, from other numbers. */
export type SampledPlan = (sample: number) => RunPlan;

/** What a run must fulfil in addition to a small spread. */
export interface RunDemands {
  /** Whether it must lower its loss; false by default. */
  readonly descends?: boolean;
}

/**
 * The first sample of a run that proves something: in float32 the only one; in mixed precision, where more of them come
 * near a kink, one of 24.
 *
 * @throws ConformanceFailure where rounding decides every sample, a loss is too small, or does not fall
 */
export async function expectedRun(
  context: CaseContext,
  planOf: SampledPlan,
  demands: RunDemands = {},
): Promise<ExpectedRun> {
  let refusal = "";
  for (let sample = 0; sample < context.tolerances.trajectory.maxSamples; sample += 1) {
    const judged = await judgedRun(context, planOf(sample), demands);
    if (typeof judged !== "string") return judged;
    refusal = judged;
  }
  throw new ConformanceFailure(refusal);
}

/** The oracle's run, or why its plan proves nothing. */
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
    return `the oracle's own losses, from ${at(losses, 0)} to ${at(losses, -1)}, fall by too little: choose another rate`;
  }
  const spread = await runSpread(oracle, plan, outcome, context.tolerances);
  if (isTooLong(spread, trajectory)) {
    const apart = largestOf(spread).toExponential(2);
    return `the oracle's own runs are ${apart} apart: choose another seed, or fewer steps`;
  }
  const tolerance = runTolerance(spread, trajectory);
  if (!(await isNear(context, plan, outcome, tolerance))) {
    return "rounded factors bring the oracle's own run to a kink: choose another seed";
  }
  return { plan, outcome, tolerance };
}

/** Whether the roundings of mixed precision alone use up at most half of the tolerance; those of float32 always do. */
export async function isNear(
  { arithmetic }: CaseContext,
  plan: RunPlan,
  expected: RunOutcome,
  tolerance: RunDistance,
): Promise<boolean> {
  if (!roundsFactors(arithmetic)) return true;
  await using rounded = await roundedReferenceOf(arithmetic).compile(plan.architecture, plan.compile);
  return isWithin(runDistance(await runPlan(rounded, plan), expected), tolerance, SHARE);
}

const PERTURBED_RUNS = 8;

/**
 * How far apart the oracle's own runs get when every initial weight is moved by one rounding: the largest distance of 8
 * such runs from the unmoved one; of fewer, once they are too far apart to prove anything. Updates are measured from
 * the unmoved weights or, where the precision does not round stored weights, from the moved ones.
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

/** Whether a run lowers its loss: on a plateau every program looks correct. */
function descends({ losses }: RunRecord, { leastDescent }: TrajectoryTolerances): boolean {
  const [first, last] = [mean(losses.slice(0, COMPARED)), mean(losses.slice(-COMPARED))];
  return last <= (1 - leastDescent) * first;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
