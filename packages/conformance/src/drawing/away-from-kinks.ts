import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture, Parameters } from "@nin/spec";
import { LEAST_MARGIN } from "../tolerances.js";
import { heParameters, type LabelledInput, randomBatch } from "./random-batch.js";

const MAX_DRAWS = 8;

/** Parameters and a batch on which two right programs agree. */
export interface DrawnCase {
  readonly parameters: Parameters;
  readonly batch: LabelledInput;
}

/**
 * Gives the oracle parameters with which a batch is away from every kink, drawn anew until it is;
 * undefined when it never is, as where a pool sees one value twice.
 */
export async function drawAwayFromKinks(
  oracle: ReferenceModel,
  architecture: Architecture,
  count: number,
  seed: number,
): Promise<DrawnCase | undefined> {
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const parameters = heParameters(architecture, seed + draw);
    const batch = randomBatch(architecture, count, seed + draw);
    await oracle.writeParameters(parameters);
    if ((await oracle.margin(batch)).smallest >= LEAST_MARGIN) return { parameters, batch };
  }
  return undefined;
}
