import type { Architecture } from "@nin/spec";
import type { CaseContext } from "../case.js";
import { compareForward } from "../compare/forward.js";
import { compareGradients } from "../compare/gradients.js";
import { type DrawnCase, drawAwayFromKinks } from "../drawing/away-from-kinks.js";
import { randomBatch } from "../drawing/random-batch.js";
import { SGD } from "../levels/optimizers.js";
import { checkParameters } from "../levels/parameters/check-parameters.js";
import { checkShapes } from "../levels/shapes/check-shapes.js";
import { checkRun } from "../trajectory/check-run.js";
import { runPlan } from "../trajectory/outcome.js";
import type { RunPlan } from "../trajectory/plan.js";
import { runSpread } from "../trajectory/spread.js";
import { isTooLong, runTolerance } from "../trajectory/tolerance.js";

/** What was compared; values are left out where no draw gets away from its kinks, steps where rounding decides them. */
export interface Compared {
  readonly values: boolean;
  readonly steps: boolean;
}

/** Fails unless shapes, parameters, values, gradients and two steps with dropout are right. */
export async function compareArchitecture(
  context: CaseContext,
  architecture: Architecture,
  batch: number,
  seed: number,
): Promise<Compared> {
  await checkShapes(context, architecture);
  await checkParameters(context, architecture);
  const oracle = await context.oracle(architecture);
  const drawn = await drawAwayFromKinks(oracle, architecture, batch, seed);
  if (drawn === undefined) return { values: false, steps: false };
  const model = await context.compile(architecture, { maxBatch: batch });
  await model.writeParameters(drawn.parameters);
  await compareForward(model, oracle, drawn.batch);
  await compareGradients(model, oracle, drawn.batch);
  return { values: true, steps: await compareSteps(context, stepsPlan(architecture, drawn, batch, seed)) };
}

function stepsPlan(
  architecture: Architecture,
  { parameters, batch }: DrawnCase,
  count: number,
  seed: number,
): RunPlan {
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

/** False where the oracle's own runs are too far apart to tell right from wrong. */
async function compareSteps(context: CaseContext, plan: RunPlan): Promise<boolean> {
  const oracle = await context.oracle(plan.architecture, plan.compile);
  const expected = await runPlan(oracle, plan);
  const spread = await runSpread(oracle, plan, expected);
  if (isTooLong(spread)) return false;
  const model = await context.compile(plan.architecture, plan.compile);
  checkRun(await runPlan(model, plan), expected, runTolerance(spread));
  return true;
}
