import type { Model } from "@nin/backend";
import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture, Parameters } from "@nin/spec";
import { relativeL2 } from "../check/relative-l2.js";
import { LEAST_MARGIN, tolerances } from "../tolerances.js";
import { perturbed } from "./perturbed.js";
import { heParameters, type LabelledInput, randomBatch } from "./random-batch.js";
import { createRoundedReference } from "./rounded-reference.js";

const MAX_DRAWS = 8;

/** Of gradients, by roundings that cannot be helped: a tenth of what is allowed. Units: relative L2. */
const LARGEST_SPREAD = tolerances.smallCase / 10;

/** Parameters and a batch on which two right programs agree. */
export interface DrawnCase {
  readonly parameters: Parameters;
  readonly batch: LabelledInput;
}

/**
 * Gives the oracle parameters with which a batch is away from every kink, and no gradient is what is
 * left of a sum that cancels; drawn anew until it is so, undefined when it never is, as where a pool
 * sees one value twice.
 */
export async function drawAwayFromKinks(
  oracle: ReferenceModel,
  architecture: Architecture,
  count: number,
  seed: number,
): Promise<DrawnCase | undefined> {
  await using rounded = await createRoundedReference().compile(architecture, { maxBatch: count });
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const parameters = heParameters(architecture, seed + draw);
    const batch = randomBatch(architecture, count, seed + draw);
    await oracle.writeParameters(parameters);
    if ((await oracle.margin(batch)).smallest < LEAST_MARGIN) continue;
    if ((await gradientSpread({ oracle, rounded }, parameters, batch)) <= LARGEST_SPREAD)
      return { parameters, batch };
  }
  return undefined;
}

/**
 * How far gradients move, by tensor, when every weight moves by a rounding, and when what every layer
 * stores is rounded. Where terms of a sum cancel to next to nothing, what is left is rounding, and no two
 * right programs agree on it.
 */
async function gradientSpread(
  { oracle, rounded }: { readonly oracle: ReferenceModel; readonly rounded: Model },
  parameters: Parameters,
  batch: LabelledInput,
): Promise<number> {
  const { gradients } = await oracle.gradients(batch);
  await oracle.writeParameters(perturbed(parameters, 0));
  const moved = await oracle.gradients(batch);
  await oracle.writeParameters(parameters);
  await rounded.writeParameters(parameters);
  const stored = await rounded.gradients(batch);
  const distances = [...gradients].flatMap(([name, { data }]) =>
    [moved, stored].map((other) => relativeL2(other.gradients.get(name)?.data ?? new Float64Array(), data)),
  );
  return Math.max(0, ...distances);
}
