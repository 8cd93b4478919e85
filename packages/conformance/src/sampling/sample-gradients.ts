import type { LabelledBatch, LossAndGradients, Model } from "@nin/backend";
import type { ReferenceModel } from "@nin/backend-reference";
import { type Architecture, entry, type NamedTensors } from "@nin/spec";
import { ConformanceFailure } from "../case/failure.js";
import { type Tolerances, tolerances } from "../case/tolerances.js";
import { relative } from "../check/check.js";
import { flatAllowance, type GradientAllowance } from "../check/network.js";
import { relativeL2 } from "../check/tensors.js";
import { perturbed } from "../networks/inputs.js";
import {
  type SampledCase,
  type SamplingOptions,
  sampleAwayFromKinks,
  sampleCase,
} from "./away-from-kinks.js";

/**
 * A sample whose forward values can be compared.
 *
 * @throws ConformanceFailure where there is none on which correct programs agree
 */
export async function requireForwardSample(
  oracle: ReferenceModel,
  architecture: Architecture,
  options: Omit<SamplingOptions, "compared">,
): Promise<SampledCase> {
  const sampled = await sampleAwayFromKinks(oracle, architecture, { ...options, compared: "forward" });
  return sampled ?? noSample(options);
}

/**
 * As `sampleGradients`.
 *
 * @throws ConformanceFailure where there is no sample on which correct programs agree
 */
export async function requireGradientSample(
  oracle: ReferenceModel,
  architecture: Architecture,
  options: Omit<SamplingOptions, "compared">,
): Promise<SampledGradients> {
  return (await sampleGradients(oracle, architecture, options)) ?? noSample(options);
}

function noSample({ seed, arithmetic }: SamplingOptions): never {
  throw new ConformanceFailure(
    `no sample from seed ${seed} is away from the kinks of ${arithmetic}: choose another seed`,
  );
}

/** How many samples are tried of a network that always has values at kinks. */
const SAMPLES_AT_KINKS = 32;

/** A sample, and how far its loss and gradients may be from the oracle's. */
export interface SampledGradients extends SampledCase {
  readonly allowed: GradientAllowance;
}

/**
 * As `sampleAwayFromKinks`, with the tolerance of small cases. In mixed precision a wide or deep network always has
 * some value at a kink: it is held to spreads of the oracle instead, on the first sample where these are within their
 * ceilings.
 *
 * @returns the sample; undefined where there is none
 */
export async function sampleGradients(
  oracle: ReferenceModel,
  architecture: Architecture,
  options: Omit<SamplingOptions, "compared">,
): Promise<SampledGradients | undefined> {
  const { count, seed, arithmetic } = options;
  const away = await sampleAwayFromKinks(oracle, architecture, options);
  if (away !== undefined) return { ...away, allowed: flatAllowance(tolerances[arithmetic]) };
  if (arithmetic === "f32") return undefined;
  for (let sample = 0; sample < SAMPLES_AT_KINKS; sample += 1) {
    const sampled = sampleCase(architecture, count, seed + sample);
    const allowed = await spreadAllowance(oracle, sampled, tolerances[arithmetic]);
    if (allowed !== undefined) return { ...sampled, allowed };
  }
  return undefined;
}

const PERTURBED_RUNS = 8;

/** A network's parameters and the batch of its gradients. */
export interface GradientCase {
  readonly parameters: NamedTensors;
  readonly batch: LabelledBatch;
}

/** How far loss and gradients move. */
interface GradientSpread {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, number>;
}

/**
 * How far gradients may be from the oracle's where values are at kinks: a few spreads, at least the small case's
 * tolerance. The spread is the largest distance of 8 runs of the oracle in which every weight is moved by one rounding.
 * Leaves the oracle with the case's parameters.
 *
 * @returns the allowance; undefined where it exceeds the ceiling of losses or updates
 */
export async function spreadAllowance(
  oracle: Model,
  { parameters, batch }: GradientCase,
  { smallCase, sampling, trajectory }: Tolerances,
): Promise<GradientAllowance | undefined> {
  const { factor, lossCeiling, updateCeiling } = trajectory;
  await oracle.writeParameters(parameters);
  const expected = await oracle.gradients(batch);
  let spread: GradientSpread = distanceOf(expected, expected);
  for (let run = 0; run < PERTURBED_RUNS; run += 1) {
    await oracle.writeParameters(perturbed(parameters, run, sampling.weightRounding));
    spread = larger(spread, distanceOf(await oracle.gradients(batch), expected));
    if (factor * spread.loss > lossCeiling) return undefined;
    if (factor * Math.max(0, ...spread.gradients.values()) > updateCeiling) return undefined;
  }
  await oracle.writeParameters(parameters);
  const { loss, gradients } = spread;
  const allowed = (distance: number): number => Math.max(smallCase, factor * distance);
  return { loss: allowed(loss), gradients: (name) => allowed(entry(gradients, name)) };
}

function distanceOf(actual: LossAndGradients, expected: LossAndGradients): GradientSpread {
  const gradients = [...expected.gradients].map(
    ([name, { data }]) => [name, relativeL2(entry(actual.gradients, name).data, data)] as const,
  );
  return { loss: relative(actual.loss, expected.loss), gradients: new Map(gradients) };
}

/** The larger of each number. */
function larger(a: GradientSpread, b: GradientSpread): GradientSpread {
  const gradients = [...a.gradients].map(
    ([name, distance]) => [name, Math.max(distance, entry(b.gradients, name))] as const,
  );
  return { loss: Math.max(a.loss, b.loss), gradients: new Map(gradients) };
}
