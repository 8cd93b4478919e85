import type { LabelledBatch, LossAndGradients, Model } from "@nin/backend";
import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture, Parameters } from "@nin/spec";
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

/** A draw whose forward values are compared. Throws: `ConformanceFailure` where right programs agree on none. */
export async function requireForwardSample(
  oracle: ReferenceModel,
  architecture: Architecture,
  drawing: Omit<SamplingOptions, "compared">,
): Promise<SampledCase> {
  const drawn = await sampleAwayFromKinks(oracle, architecture, { ...drawing, compared: "forward" });
  return drawn ?? noSample(drawing);
}

/** As `drawGradients`. Throws: `ConformanceFailure` where right programs agree on no draw. */
export async function requireGradientSample(
  oracle: ReferenceModel,
  architecture: Architecture,
  drawing: Omit<SamplingOptions, "compared">,
): Promise<SampledGradients> {
  return (await sampleGradients(oracle, architecture, drawing)) ?? noSample(drawing);
}

function noSample({ seed, precision }: SamplingOptions): never {
  throw new ConformanceFailure(
    `no draw from seed ${seed} is away from the kinks of ${precision}: choose another seed`,
  );
}

/** How often a network that gets away from no kink is drawn. */
const SAMPLES_AT_KINKS = 32;

/** A draw, and what its loss and gradients may differ by. */
export interface SampledGradients extends SampledCase {
  readonly allowed: GradientAllowance;
}

/**
 * As `drawAwayFromKinks`, held to the small case's tolerance. In mixed precision a wide or deep network never
 * gets that far: it is held to spreads of the oracle instead, on the first draw where these are within their
 * ceiling. Undefined where there is no such draw.
 */
export async function sampleGradients(
  oracle: ReferenceModel,
  architecture: Architecture,
  drawing: Omit<SamplingOptions, "compared">,
): Promise<SampledGradients | undefined> {
  const { count, seed, precision } = drawing;
  const away = await sampleAwayFromKinks(oracle, architecture, drawing);
  if (away !== undefined) return { ...away, allowed: flatAllowance(tolerances[precision]) };
  if (precision === "f32") return undefined;
  for (let draw = 0; draw < SAMPLES_AT_KINKS; draw += 1) {
    const drawn = sampleCase(architecture, count, seed + draw);
    const allowed = await spreadAllowance(oracle, drawn, tolerances[precision]);
    if (allowed !== undefined) return { ...drawn, allowed };
  }
  return undefined;
}

const PERTURBED_RUNS = 8;

/** A network's parameters and the batch that its gradients are taken on. */
export interface GradientCase {
  readonly parameters: Parameters;
  readonly batch: LabelledBatch;
}

/** How far loss and gradients move. */
interface GradientSpread {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, number>;
}

/**
 * What gradients may differ by where values are at kinks: some spreads of 8 runs of the oracle, every weight
 * moved by one rounding, but at least the small case's tolerance. Undefined where that is over the ceiling of
 * losses or updates. Leaves the oracle with the case's parameters.
 */
export async function spreadAllowance(
  oracle: Model,
  { parameters, batch }: GradientCase,
  { smallCase, sampling, trajectory }: Tolerances,
): Promise<GradientAllowance | undefined> {
  const { factor, lossCeiling, updateCeiling } = trajectory;
  await oracle.writeParameters(parameters);
  const expected = await oracle.gradients(batch);
  let spread = spreadOf(expected, expected);
  for (let run = 0; run < PERTURBED_RUNS; run += 1) {
    await oracle.writeParameters(perturbed(parameters, run, sampling.weightRounding));
    spread = spreadOf(await oracle.gradients(batch), expected, spread);
    if (factor * spread.loss > lossCeiling) return undefined;
    if (factor * Math.max(0, ...spread.gradients.values()) > updateCeiling) return undefined;
  }
  await oracle.writeParameters(parameters);
  const allowed = (far = 0): number => Math.max(smallCase, factor * far);
  return { loss: allowed(spread.loss), gradients: (name) => allowed(spread.gradients.get(name)) };
}

/** The distance of `actual` from `expected`, number by number at least that of the runs before. */
function spreadOf(
  actual: LossAndGradients,
  expected: LossAndGradients,
  before: GradientSpread = { loss: 0, gradients: new Map() },
): GradientSpread {
  const gradients = [...expected.gradients].map(([name, { data }]): [string, number] => {
    const distance = relativeL2(actual.gradients.get(name)?.data ?? new Float64Array(), data);
    return [name, Math.max(before.gradients.get(name) ?? 0, distance)];
  });
  return { loss: Math.max(before.loss, relative(actual.loss, expected.loss)), gradients: new Map(gradients) };
}
