import type { CaseContext } from "../case.js";
import { checkRun } from "./check-run.js";
import { expectedRun } from "./expected-run.js";
import { runPlan } from "./outcome.js";
import type { RunPlan } from "./plan.js";

/** Fails unless the run on the backend under test is the oracle's, within ten spreads of it. */
export async function compareRun(context: CaseContext, plan: RunPlan): Promise<void> {
  const { outcome, tolerance } = await expectedRun(context, plan);
  const model = await context.compile(plan.architecture, plan.compile);
  checkRun(await runPlan(model, plan), outcome, tolerance);
}
