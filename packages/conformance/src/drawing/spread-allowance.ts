import type { LabelledBatch, Model } from "@nin/backend";
import type { Parameters } from "@nin/spec";
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

/**
 * What gradients may differ by where values are at kinks: some spreads of 8 runs of the oracle, every weight
 * moved by one rounding, but at least the small case's tolerance. Undefined where that is over the ceiling of
 * updates. Leaves the oracle with the case's parameters.
 */
export async function spreadAllowance(
  oracle: Model,
  { parameters, batch }: GradientCase,
  { smallCase, drawing, trajectory }: Tolerances,
): Promise<GradientAllowance | undefined> {
  await oracle.writeParameters(parameters);
  const expected = await oracle.gradients(batch);
  const spread = new Map<string, number>();
  let lossSpread = 0;
  for (let run = 0; run < PERTURBED_RUNS; run += 1) {
    await oracle.writeParameters(perturbed(parameters, run, drawing.weightRounding));
    const { loss, gradients } = await oracle.gradients(batch);
    lossSpread = Math.max(lossSpread, Math.abs(loss / expected.loss - 1));
    for (const [name, { data }] of expected.gradients) {
      const far = relativeL2(gradients.get(name)?.data ?? new Float64Array(), data);
      spread.set(name, Math.max(spread.get(name) ?? 0, far));
    }
  }
  await oracle.writeParameters(parameters);
  const { factor, lossCeiling, updateCeiling } = trajectory;
  if (factor * lossSpread > lossCeiling || factor * Math.max(...spread.values()) > updateCeiling) {
    return undefined;
  }
  const allowed = (far = 0): number => Math.max(smallCase, factor * far);
  return { loss: allowed(lossSpread), gradients: (name) => allowed(spread.get(name)) };
}
