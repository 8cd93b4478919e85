import { at, entry } from "@nin/spec";
import type { CaseContext } from "../case/case.js";
import { tolerances } from "../case/tolerances.js";
import { check } from "../check/check.js";
import { flatAllowance, type GradientAllowance } from "../check/network.js";
import { perturbed } from "../networks/inputs.js";
import { isAgreedOn } from "../sampling/away-from-kinks.js";
import { roundedReferenceOf } from "../sampling/rounded-reference.js";
import { spreadAllowance } from "../sampling/sample-gradients.js";
import {
  isTooLong,
  largerDistance,
  type RunDistance,
  runDistance,
  runTolerance,
} from "../trajectory/distance.js";
import type { RunOutcome } from "../trajectory/outcome.js";
import { finishedRun, runCompileOptions } from "./check-fixture.js";
import type { FixtureRun, PyTorchFixture } from "./fixture.js";
import { syntheticBatch, syntheticParameters } from "./synthetic-data.js";

/**
 * The allowance of networks too large to be away from every kink: five times the difference of PyTorch's own float32 in
 * the same case, within these bounds. Units: relative L2.
 */
export const fullNetwork = { factor: 5, floor: 2e-5, ceiling: 1e-3 } as const;

/**
 * How far a network's results may be from the fixture's. Units: relative L2 of tensors, relative difference of the
 * loss.
 */
export interface NetworkAllowance extends GradientAllowance {
  readonly activations: (name: string) => number;
}

/** How far the results of a training run may be from the fixture's, likewise. */
export interface RunAllowance {
  readonly losses: (step: number) => number;
  readonly logits: number;
  readonly updates: (parameter: string) => number;
}

/** How far a correct float32 backend may be from a fixture's network. */
export function networkAllowance({ size, float32 }: PyTorchFixture): NetworkAllowance {
  const allowed = (difference: number): number =>
    size === "small" ? tolerances.f32.smallCase : within(fullNetwork, difference, fullNetwork.ceiling);
  return {
    activations: (name) => allowed(entry(float32.activations, name)),
    loss: allowed(float32.loss),
    gradients: (name) => allowed(entry(float32.gradients, name)),
  };
}

/** How far a correct float32 backend may be from a run: ten spreads, within bounds. */
export function runAllowance({ spread }: FixtureRun): RunAllowance {
  const { lossCeiling, updateCeiling } = tolerances.f32.trajectory;
  return {
    losses: (step) => within(tolerances.f32.trajectory, at(spread.losses, step), lossCeiling),
    logits: within(tolerances.f32.trajectory, spread.logits, lossCeiling),
    updates: (parameter) =>
      within(tolerances.f32.trajectory, entry(spread.updates, parameter), updateCeiling),
  };
}

function within(
  { factor, floor }: { readonly factor: number; readonly floor: number },
  difference: number,
  ceiling: number,
): number {
  return Math.min(Math.max(factor * difference, floor), ceiling);
}

const PERTURBED_RUNS = 8;

/** Forward values have no kinks, so that they are small cases in networks of every size. */
export function sampledForwardAllowance({ tolerances }: CaseContext): Pick<NetworkAllowance, "activations"> {
  return { activations: () => tolerances.smallCase };
}

/**
 * How far a correct program that rounds otherwise than float32 may be from a fixture's gradients, whose numbers were sampled
 * for float32: the small case's tolerance where they suit its arithmetic as well, otherwise spreads of the oracle.
 *
 * @throws ConformanceFailure where the spreads exceed their ceiling
 */
export async function sampledGradientAllowance(
  context: CaseContext,
  { architecture, data }: PyTorchFixture,
): Promise<GradientAllowance> {
  const { arithmetic, tolerances } = context;
  const sampled = {
    parameters: syntheticParameters(architecture, data),
    batch: syntheticBatch(architecture, data),
  };
  // Small whole numbers are exact in float16 too, and so are their ties.
  if (data.values === "integers") return flatAllowance(tolerances);
  const oracle = await context.oracle(architecture, { maxBatch: data.batch });
  await oracle.writeParameters(sampled.parameters);
  await using rounded = await roundedReferenceOf(arithmetic).compile(architecture, { maxBatch: data.batch });
  if (await isAgreedOn({ oracle, rounded }, sampled, { arithmetic })) return flatAllowance(tolerances);
  const allowed = await spreadAllowance(oracle, sampled, tolerances);
  check(
    allowed !== undefined,
    `the oracle's own gradients are too far apart to judge this case in the arithmetic ${arithmetic}`,
  );
  return allowed;
}

/**
 * How far a correct program that rounds otherwise than float32 may be from a run: spreads of the oracle, whose weights are
 * moved by one of its roundings. The fixture's own spreads are those of float32.
 *
 * @throws ConformanceFailure where the spreads exceed their ceilings
 */
export async function sampledRunAllowance(
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
      `the oracle's own runs are too far apart to judge this case in the arithmetic ${context.arithmetic}`,
    );
  }
  const { losses, logits, tensors } = runTolerance(spread, trajectory);
  return {
    losses: (step) => at(losses, step),
    logits,
    updates: (parameter) => entry(tensors, parameter),
  };
}
