import type { Architecture } from "@nin/spec";
import type { CaseContext } from "../case/case.js";
import { compareForward, compareGradients } from "../check/network.js";
import { checkParameters } from "../levels/parameters.js";
import { checkShapes } from "../levels/shapes.js";
import { randomBatch } from "../networks/inputs.js";
import { SGD } from "../networks/small.js";
import type { SampledCase } from "../sampling/away-from-kinks.js";
import { sampleGradients } from "../sampling/sample-gradients.js";
import { checkRun } from "../trajectory/compare-run.js";
import { isTooLong, runTolerance } from "../trajectory/distance.js";
import { isNear, runSpread } from "../trajectory/expected-run.js";
import { runPlan } from "../trajectory/outcome.js";
import type { RunPlan } from "../trajectory/plan.js";

/** What was compared. Values are excluded where every sample has one at a kink, steps where rounding decides them. */
export interface Compared {
  readonly values: boolean;
  readonly steps: boolean;
}

/** Fails unless shapes, parameters, values, gradients and two steps with dropout are correct. */
export async function compareArchitecture(
  context: CaseContext,
  architecture: Architecture,
  batch: number,
  seed: number,
): Promise<Compared> {
  await checkShapes(context, architecture);
  await checkParameters(context, architecture);
  const oracle = await context.oracle(architecture);
  const { arithmetic, tolerances } = context;
  const sampled = await sampleGradients(oracle, architecture, { count: batch, seed, arithmetic });
  if (sampled === undefined) return { values: false, steps: false };
  const model = await context.compile(architecture, { maxBatch: batch });
  await model.writeParameters(sampled.parameters);
  await compareForward(model, oracle, sampled.batch, tolerances);
  await compareGradients(model, oracle, sampled.batch, sampled.allowed);
  return { values: true, steps: await compareSteps(context, stepsPlan(architecture, sampled, seed)) };
}

/** Two steps in the middle of a run, with dropout, of SGD with momentum and weight decay. */
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
 * Fails unless the steps are the oracle's.
 *
 * @returns false where the steps prove nothing: the oracle's own runs are too far apart, or a loss is so small that it
 * is
 *   the remainder of a difference of much larger numbers
 */
export async function compareSteps(context: CaseContext, plan: RunPlan): Promise<boolean> {
  const { trajectory } = context.tolerances;
  const oracle = await context.oracle(plan.architecture, plan.compile);
  const expected = await runPlan(oracle, plan);
  if (Math.min(...expected.losses) < trajectory.leastLoss) return false;
  const spread = await runSpread(oracle, plan, expected, context.tolerances);
  if (isTooLong(spread, trajectory)) return false;
  const tolerance = runTolerance(spread, trajectory);
  if (!(await isNear(context, plan, expected, tolerance))) return false;
  const model = await context.compile(plan.architecture, plan.compile);
  checkRun(await runPlan(model, plan), expected, tolerance);
  return true;
}
