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
 * Updates are measured from the weights as they were, or, where rounding leaves those alone, from the moved ones.
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
