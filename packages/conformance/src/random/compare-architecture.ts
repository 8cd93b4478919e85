import type { Architecture } from "@nin/spec";
import type { CaseContext } from "../case.js";
import { compareForward } from "../compare/forward.js";
import { compareGradients } from "../compare/gradients.js";
import { sampleGradients } from "../drawing/draw-gradients.js";
import { checkParameters } from "../levels/parameters/check-parameters.js";
import { checkShapes } from "../levels/shapes/check-shapes.js";
import { compareSteps, stepsPlan } from "./compare-steps.js";

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
  const { precision, tolerances } = context;
  const drawn = await sampleGradients(oracle, architecture, { count: batch, seed, precision });
  if (drawn === undefined) return { values: false, steps: false };
  const model = await context.compile(architecture, { maxBatch: batch });
  await model.writeParameters(drawn.parameters);
  await compareForward(model, oracle, drawn.batch, tolerances);
  await compareGradients(model, oracle, drawn.batch, drawn.allowed);
  return { values: true, steps: await compareSteps(context, stepsPlan(architecture, drawn, seed)) };
}
