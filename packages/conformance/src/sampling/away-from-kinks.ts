import type { Model, Precision } from "@nin/backend";
import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture, Parameters, Tensor } from "@nin/spec";
import { tolerances } from "../case/tolerances.js";
import { relative } from "../check/check.js";
import { relativeL2 } from "../check/tensors.js";
import { heParameters, type LabelledInput, perturbed, randomBatch } from "../networks/inputs.js";
import { roundedReferenceOf } from "./rounded-reference.js";

/** Parameters and a batch on which two right programs agree. */
export interface SampledCase {
  readonly parameters: Parameters;
  readonly batch: LabelledInput;
}

/** Which of a case's results two right programs are to agree on: forward values have no kinks. */
export type ComparedValues = "forward" | "gradients";

/** What is drawn: a batch of `count` images from `seed`, for a program of this precision. */
export interface SamplingOptions {
  readonly count: number;
  readonly seed: number;
  readonly precision: Precision;
  /** `gradients` by default, for which a draw is good for forward values too. */
  readonly compared?: ComparedValues;
}

/** Parameters and a batch from a seed. */
export function sampleCase(architecture: Architecture, count: number, seed: number): SampledCase {
  return { parameters: heParameters(architecture, seed), batch: randomBatch(architecture, count, seed) };
}

/**
 * Gives the oracle parameters with which a batch is away from every kink, and no result is what is
 * left of a sum that cancels; drawn anew until it is so, undefined when it never is, as where a pool
 * sees one value twice.
 */
export async function sampleAwayFromKinks(
  oracle: ReferenceModel,
  architecture: Architecture,
  drawing: SamplingOptions,
): Promise<SampledCase | undefined> {
  const { count, seed, precision } = drawing;
  await using rounded = await roundedReferenceOf(precision).compile(architecture, { maxBatch: count });
  for (let draw = 0; draw < tolerances[precision].sampling.maxSamples; draw += 1) {
    const drawn = sampleCase(architecture, count, seed + draw);
    await oracle.writeParameters(drawn.parameters);
    if (await isAgreedOn({ oracle, rounded }, drawn, drawing)) return drawn;
  }
  return undefined;
}

/** The oracle, and the oracle with the roundings of a precision. */
export interface Oracles {
  readonly oracle: ReferenceModel;
  readonly rounded: Model;
}

/** Whether two right programs agree on a case. The oracle has its parameters already. */
export async function isAgreedOn(
  oracles: Oracles,
  drawn: SampledCase,
  drawing: Pick<SamplingOptions, "precision" | "compared">,
): Promise<boolean> {
  const { precision, compared = "gradients" } = drawing;
  const { leastMargin, movedWeights, roundedOracle, roundedLoss } = tolerances[precision].sampling;
  // In float32, which has roundings to spare, forward cases are drawn as those of gradients are.
  if (precision === "mixed") {
    if ((await forwardDistance(oracles, drawn)) > roundedOracle) return false;
    if (compared === "forward") return true;
  }
  if ((await oracles.oracle.margin(drawn.batch)).smallest < leastMargin) return false;
  const rounded = await roundedResults(oracles, drawn);
  if (rounded.gradients > roundedOracle || rounded.loss > roundedLoss) return false;
  return (await movedGradients(oracles, drawn, precision)) <= movedWeights;
}

async function forwardDistance(
  { oracle, rounded }: Oracles,
  { parameters, batch }: SampledCase,
): Promise<number> {
  await rounded.writeParameters(parameters);
  return largestDistance(await rounded.activations(batch), await oracle.activations(batch));
}

/**
 * How far loss and gradients, by tensor, are from the oracle's when what every layer stores is rounded, and
 * each factor of a product as it is in this precision. Where terms of a sum cancel to next to nothing, what
 * is left is rounding, and no two right programs agree on it.
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

/** How far gradients move, by tensor, when every weight moves by one rounding. */
async function movedGradients(
  { oracle }: Oracles,
  { parameters, batch }: SampledCase,
  precision: Precision,
): Promise<number> {
  const { gradients } = await oracle.gradients(batch);
  const { weightRounding } = tolerances[precision].sampling;
  await oracle.writeParameters(perturbed(parameters, 0, weightRounding));
  const moved = await oracle.gradients(batch);
  await oracle.writeParameters(parameters);
  return largestDistance(moved.gradients, gradients);
}

function largestDistance(actual: ReadonlyMap<string, Tensor>, expected: ReadonlyMap<string, Tensor>): number {
  return Math.max(
    0,
    ...[...expected].map(([name, { data }]) =>
      relativeL2(actual.get(name)?.data ?? new Float64Array(), data),
    ),
  );
}
