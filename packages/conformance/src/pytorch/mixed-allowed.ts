import type { CaseContext } from "../case.js";
import { check } from "../check/check.js";
import { flatAllowance, type GradientAllowance } from "../compare/gradients.js";
import { isAgreedOn } from "../drawing/away-from-kinks.js";
import { perturbed } from "../drawing/perturbed.js";
import { roundedReferenceOf } from "../drawing/rounded-reference-of.js";
import { spreadAllowance } from "../drawing/spread-allowance.js";
import { largerDistance, type RunDistance, runDistance } from "../trajectory/distance.js";
import type { RunOutcome } from "../trajectory/outcome.js";
import { isTooLong, runTolerance } from "../trajectory/tolerance.js";
import type { NetworkAllowance, RunAllowance } from "./allowed.js";
import { finishedRun, runCompileOptions } from "./check-run.js";
import { syntheticBatch, syntheticParameters } from "./drawn-data.js";
import type { FixtureRun, PyTorchFixture } from "./fixture.js";

const PERTURBED_RUNS = 8;

/** Forward values have no kinks, and are small cases in networks of every size. */
export function mixedForwardAllowance({ tolerances }: CaseContext): Pick<NetworkAllowance, "activations"> {
  return { activations: () => tolerances.smallCase };
}

/**
 * What a right program in mixed precision may differ by from a fixture's gradients, whose numbers were drawn
 * for float32: the small case's tolerance where they suit mixed precision as well, else spreads of the oracle.
 *
 * Throws: `ConformanceFailure` where the spreads are over their ceiling.
 */
export async function mixedGradientAllowance(
  context: CaseContext,
  { architecture, data }: PyTorchFixture,
): Promise<GradientAllowance> {
  const { precision, tolerances } = context;
  const drawn = {
    parameters: syntheticParameters(architecture, data),
    batch: syntheticBatch(architecture, data),
  };
  // Small whole numbers are exact in float16 too, their ties ties.
  if (data.values === "integers") return flatAllowance(tolerances);
  const oracle = await context.oracle(architecture, { maxBatch: data.batch });
  await oracle.writeParameters(drawn.parameters);
  await using rounded = await roundedReferenceOf(precision).compile(architecture, { maxBatch: data.batch });
  if (await isAgreedOn({ oracle, rounded }, drawn, { precision })) return flatAllowance(tolerances);
  const allowed = await spreadAllowance(oracle, drawn, tolerances);
  check(
    allowed !== undefined,
    "the oracle's own gradients are too far apart to judge these in mixed precision",
  );
  return allowed;
}

/**
 * What it may differ by from a run: spreads of the oracle, its weights moved by one rounding to float16; those
 * of the fixture are of float32's.
 *
 * Throws: `ConformanceFailure` where the spreads are over their ceilings.
 */
export async function mixedRunAllowance(
  context: CaseContext,
  { architecture }: PyTorchFixture,
  run: FixtureRun,
): Promise<RunAllowance> {
  const { sampling, trajectory } = context.tolerances;
  const oracle = await context.oracle(architecture, runCompileOptions(architecture, run));
  const outcomeOf = async (seed?: number): Promise<RunOutcome> => {
    const { updates, ...rest } = await finishedRun(oracle, architecture, run, (initial) =>
      seed === undefined ? initial : perturbed(initial, seed, sampling.weightRounding),
    );
    return { ...rest, tensors: updates, evaluations: [] };
  };
  const expected = await outcomeOf();
  let spread: RunDistance = runDistance(expected, expected);
  for (let seed = 0; seed < PERTURBED_RUNS; seed += 1) {
    spread = largerDistance(spread, runDistance(await outcomeOf(seed), expected));
    check(
      !isTooLong(spread, trajectory),
      "the oracle's own runs are too far apart to judge this in mixed precision",
    );
  }
  const { losses, logits, tensors } = runTolerance(spread, trajectory);
  return {
    losses: (step) => losses[step] ?? 0,
    logits,
    updates: (parameter) => tensors.get(parameter) ?? 0,
  };
}
