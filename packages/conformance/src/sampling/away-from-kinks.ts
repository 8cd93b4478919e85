import type { Model } from "@nin/backend";
import type { ReferenceModel } from "@nin/backend-reference";
import { type Architecture, entry, type NamedTensors, type Tensor } from "@nin/spec";
import { type Arithmetic, roundsFactors, tolerances } from "../case/tolerances.js";
import { relative } from "../check/check.js";
import { relativeL2 } from "../check/tensors.js";
import { heParameters, type LabelledInput, perturbed, randomBatch } from "../networks/inputs.js";
import { roundedReferenceOf } from "./rounded-reference.js";

/** Parameters and a batch on which any two correct programs agree. */
export interface SampledCase {
  readonly parameters: NamedTensors;
  readonly batch: LabelledInput;
}

/** Which results of a case correct programs must agree on. Forward values have no kinks. */
export type ComparedValues = "forward" | "gradients";

/** What is sampled: a batch of `count` images from `seed`, for a program of this arithmetic. */
export interface SamplingOptions {
  readonly count: number;
  readonly seed: number;
  readonly arithmetic: Arithmetic;
  /** `gradients` by default: a sample that suits them suits forward values too. */
  readonly compared?: ComparedValues;
}

/** Random parameters and a random batch. */
export function sampleCase(architecture: Architecture, count: number, seed: number): SampledCase {
  return { parameters: heParameters(architecture, seed), batch: randomBatch(architecture, count, seed) };
}

/**
 * Samples parameters and a batch until the batch is away from every kink (a ReLU at 0, a tie in a pool) and no result
 * is the remainder of a sum that cancels. Leaves the oracle with the parameters.
 *
 * @returns the sample; undefined where there is none, for example because a pool sees one value twice
 */
export async function sampleAwayFromKinks(
  oracle: ReferenceModel,
  architecture: Architecture,
  options: SamplingOptions,
): Promise<SampledCase | undefined> {
  const { count, seed, arithmetic } = options;
  await using rounded = await roundedReferenceOf(arithmetic).compile(architecture, { maxBatch: count });
  for (let sample = 0; sample < tolerances[arithmetic].sampling.maxSamples; sample += 1) {
    const sampled = sampleCase(architecture, count, seed + sample);
    await oracle.writeParameters(sampled.parameters);
    if (await isAgreedOn({ oracle, rounded }, sampled, options)) return sampled;
  }
  return undefined;
}

/** The oracle, and the oracle with the roundings of one arithmetic. */
export interface Oracles {
  readonly oracle: ReferenceModel;
  readonly rounded: Model;
}

/** Whether correct programs agree on a case. The oracle already has its parameters. */
export async function isAgreedOn(
  oracles: Oracles,
  sampled: SampledCase,
  options: Pick<SamplingOptions, "arithmetic" | "compared">,
): Promise<boolean> {
  const { arithmetic, compared = "gradients" } = options;
  const { leastMargin, movedWeights, roundedOracle, roundedLoss } = tolerances[arithmetic].sampling;
  // In float32, whose roundings are far below the tolerances, forward cases fulfil what those of gradients must.
  if (roundsFactors(arithmetic)) {
    if ((await forwardDistance(oracles, sampled)) > roundedOracle) return false;
    if (compared === "forward") return true;
  }
  if ((await oracles.oracle.margin(sampled.batch)).smallest < leastMargin) return false;
  const rounded = await roundedResults(oracles, sampled);
  if (rounded.gradients > roundedOracle || rounded.loss > roundedLoss) return false;
  return (await movedGradients(oracles, sampled, arithmetic)) <= movedWeights;
}

async function forwardDistance(
  { oracle, rounded }: Oracles,
  { parameters, batch }: SampledCase,
): Promise<number> {
  await rounded.writeParameters(parameters);
  return largestDistance(await rounded.activations(batch), await oracle.activations(batch));
}

/**
 * How far the rounded oracle's loss and gradients (the farthest tensor) are from the oracle's own. Where the terms of a
 * sum nearly cancel, what remains is rounding, on which no two correct programs agree.
 */
async function roundedResults(
  { oracle, rounded }: Oracles,
  { parameters, batch }: SampledCase,
): Promise<{ readonly loss: number; readonly gradients: number }> {
  await rounded.writeParameters(parameters);
  const [expected, actual] = [await oracle.gradients(batch), await rounded.gradients(batch)];
  return {
    loss: relative(actual.loss, expected.loss),
    gradients: largestDistance(actual.gradients, expected.gradients),
  };
}

/** How far gradients (the farthest tensor) move when every weight moves by one rounding. */
async function movedGradients(
  { oracle }: Oracles,
  { parameters, batch }: SampledCase,
  arithmetic: Arithmetic,
): Promise<number> {
  const { gradients } = await oracle.gradients(batch);
  const { weightRounding } = tolerances[arithmetic].sampling;
  await oracle.writeParameters(perturbed(parameters, 0, weightRounding));
  const moved = await oracle.gradients(batch);
  await oracle.writeParameters(parameters);
  return largestDistance(moved.gradients, gradients);
}

function largestDistance(actual: ReadonlyMap<string, Tensor>, expected: ReadonlyMap<string, Tensor>): number {
  return Math.max(0, ...[...expected].map(([name, { data }]) => relativeL2(entry(actual, name).data, data)));
}
