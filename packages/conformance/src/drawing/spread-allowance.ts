import type { LabelledBatch, LossAndGradients, Model } from "@nin/backend";
import type { Parameters } from "@nin/spec";
import { relative } from "../check/relative.js";
import { relativeL2 } from "../check/relative-l2.js";
import type { GradientAllowance } from "../compare/gradients.js";
import type { Tolerances } from "../tolerances.js";
import { perturbed } from "./perturbed.js";

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
