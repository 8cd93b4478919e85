import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture } from "@nin/spec";
import { ConformanceFailure } from "../failure.js";
import { type DrawnCase, drawAwayFromKinks } from "./away-from-kinks.js";

/** As `drawAwayFromKinks`. Throws: `ConformanceFailure` when every draw has a kink. */
export async function requireDrawn(
  oracle: ReferenceModel,
  architecture: Architecture,
  count: number,
  seed: number,
): Promise<DrawnCase> {
  const drawn = await drawAwayFromKinks(oracle, architecture, count, seed);
  if (drawn !== undefined) return drawn;
  throw new ConformanceFailure(`no draw from seed ${seed} is away from the kinks: choose another seed`);
}
