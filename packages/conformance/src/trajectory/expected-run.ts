import type { CaseContext } from "../case.js";
import { ConformanceFailure } from "../failure.js";
import { tolerances } from "../tolerances.js";
import { largestOf, type RunDistance } from "./distance.js";
import { type RunOutcome, runPlan } from "./outcome.js";
import type { RunPlan } from "./plan.js";
import { runSpread } from "./spread.js";
import { isTooLong, runTolerance } from "./tolerance.js";

/** The oracle's run, and how far another may be from it. */
export interface ExpectedRun {
  readonly outcome: RunOutcome;
  readonly tolerance: RunDistance;
}

/** Throws: `ConformanceFailure` for a plan that rounding decides, or a loss too small: it would prove nothing. */
export async function expectedRun(context: CaseContext, plan: RunPlan): Promise<ExpectedRun> {
  const oracle = await context.oracle(plan.architecture, plan.compile);
  const outcome = await runPlan(oracle, plan);
  const spread = await runSpread(oracle, plan, outcome);
  if (isTooLong(spread)) {
    const apart = largestOf(spread).toExponential(2);
    throw new ConformanceFailure(
      `the oracle's own runs are ${apart} apart: choose another seed, or fewer steps`,
    );
  }
  const least = Math.min(...outcome.losses);
  if (least < tolerances.trajectory.leastLoss) {
    throw new ConformanceFailure(`the oracle's own loss falls to ${least}: choose another rate`);
  }
  return { outcome, tolerance: runTolerance(spread) };
}
