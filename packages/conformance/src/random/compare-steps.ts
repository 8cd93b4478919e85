import type { Architecture } from "@nin/spec";
import type { CaseContext } from "../case.js";
import type { SampledCase } from "../drawing/away-from-kinks.js";
import { randomBatch } from "../drawing/random-batch.js";
import { SGD } from "../levels/optimizers.js";
import { checkRun } from "../trajectory/check-run.js";
import { isNear } from "../trajectory/expected-run.js";
import { runPlan } from "../trajectory/outcome.js";
import type { RunPlan } from "../trajectory/plan.js";
import { runSpread } from "../trajectory/spread.js";
import { isTooLong, runTolerance } from "../trajectory/tolerance.js";

/** Two steps of SGD with momentum and decay, dropout on, in the midst of a run. */
export function stepsPlan(
  architecture: Architecture,
  { parameters, batch }: SampledCase,
  seed: number,
): RunPlan {
  const count = batch.labels.length;
  return {
    architecture,
    compile: { maxBatch: count },
    train: { optimizer: SGD, seed, firstStep: 3 },
    parameters,
    steps: [0, 1].map((step) => ({
      batch: randomBatch(architecture, count, seed + 20 + step),
      learningRate: 0.02 / (1 + step),
    })),
    probe: batch,
  };
}

/**
 * Fails unless the steps are the oracle's; false where the oracle's own runs are too far apart to tell right from
 * wrong, or where a loss is so small that it is what is left of a difference of much larger numbers.
 */
export async function compareSteps(context: CaseContext, plan: RunPlan): Promise<boolean> {
  const { trajectory } = context.tolerances;
  const oracle = await context.oracle(plan.architecture, plan.compile);
  const expected = await runPlan(oracle, plan);
  if (Math.min(...expected.losses) < trajectory.leastLoss) return false;
  const spread = await runSpread(oracle, plan, expected, context.tolerances);
  if (isTooLong(spread, trajectory)) return false;
  const tolerance = runTolerance(spread, trajectory);
  if (context.precision === "mixed" && !(await isNear(plan, expected, tolerance))) return false;
  const model = await context.compile(plan.architecture, plan.compile);
  checkRun(await runPlan(model, plan), expected, tolerance);
  return true;
}
