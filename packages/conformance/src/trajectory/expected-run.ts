import type { CaseContext } from "../case.js";
import { ConformanceFailure } from "../failure.js";
import type { RunDistance } from "./distance.js";
import { type RunOutcome, runPlan } from "./outcome.js";
import type { RunPlan } from "./plan.js";
import { runSpread } from "./spread.js";
import { isTooLong, runTolerance } from "./tolerance.js";

/** The oracle's run, and how far another may be from it. */
export interface ExpectedRun {
  readonly outcome: RunOutcome;
  readonly tolerance: RunDistance;
}

/** Throws: `ConformanceFailure` for a plan that rounding decides: it would prove nothing. */
export async function expectedRun(context: CaseContext, plan: RunPlan): Promise<ExpectedRun> {
  const oracle = await context.oracle(plan.architecture, plan.compile);
  const outcome = await runPlan(oracle, plan);
  const spread = await runSpread(oracle, plan, outcome);
  if (isTooLong(spread)) {
    const largest = Math.max(spread.logits, ...spread.losses, ...spread.tensors.values());
    throw new ConformanceFailure(
      `the oracle's own runs are ${largest.toExponential(2)} apart: choose another seed, or fewer steps`,
    );
  }
  return { outcome, tolerance: runTolerance(spread) };
}
