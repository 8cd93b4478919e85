import type { Model } from "@nin/backend";
import { perturbed } from "../drawing/perturbed.js";
import type { Tolerances } from "../tolerances.js";
import { largerDistance, type RunDistance, runDistance } from "./distance.js";
import { type RunOutcome, runPlan } from "./outcome.js";
import type { RunPlan } from "./plan.js";
import { isTooLong } from "./tolerance.js";

const PERTURBED_RUNS = 8;

/**
 * How far the oracle's own runs get apart when every initial weight is moved by one rounding: the
 * largest distance of 8 such runs from the one that was not moved; of fewer, once these are too far apart to judge by.
 */
export async function runSpread(
  oracle: Model,
  plan: RunPlan,
  expected: RunOutcome,
  { drawing, trajectory }: Tolerances,
): Promise<RunDistance> {
  let spread = runDistance(expected, expected);
  for (let run = 0; run < PERTURBED_RUNS; run += 1) {
    const moved = await runPlan(oracle, plan, perturbed(plan.parameters, run, drawing.weightRounding));
    spread = largerDistance(spread, runDistance(moved, expected));
    if (isTooLong(spread, trajectory)) break;
  }
  return spread;
}
