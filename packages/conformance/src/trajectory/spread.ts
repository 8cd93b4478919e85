import type { Model } from "@nin/backend";
import type { Parameters } from "@nin/spec";
import { randomTensor } from "../drawing/random-tensors.js";
import { largerDistance, type RunDistance, runDistance } from "./distance.js";
import { type RunOutcome, runPlan } from "./outcome.js";
import type { RunPlan } from "./plan.js";

const PERTURBED_RUNS = 8;
/** One rounding of a float32 weight. */
const PERTURBATION = 2 ** -23;

/**
 * How far the oracle's own runs get apart when every initial weight is moved by one rounding: the
 * largest distance of 8 such runs from the one that was not moved.
 */
export async function runSpread(oracle: Model, plan: RunPlan, expected: RunOutcome): Promise<RunDistance> {
  let spread = runDistance(expected, expected);
  for (let run = 0; run < PERTURBED_RUNS; run += 1) {
    const moved = await runPlan(oracle, plan, perturbed(plan.parameters, run));
    spread = largerDistance(spread, runDistance(moved, expected));
  }
  return spread;
}

function perturbed(parameters: Parameters, run: number): Parameters {
  return new Map(
    [...parameters].map(([name, { shape, data }], index) => {
      const noise = randomTensor(shape, 1000 * run + index + 1).data;
      const moved = Float64Array.from(
        data,
        (value, i) => value * (1 + PERTURBATION * Math.sign(noise[i] ?? 0)),
      );
      return [name, { shape, data: moved }];
    }),
  );
}
