import type { CaseContext } from "../case.js";
import { checkRun } from "./check-run.js";
import { expectedRun, type RunDemands, type SampledPlan } from "./expected-run.js";
import { runPlan } from "./outcome.js";
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
