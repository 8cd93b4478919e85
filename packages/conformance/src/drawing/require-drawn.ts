import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture } from "@nin/spec";
import { ConformanceFailure } from "../failure.js";
import { type Drawing, type DrawnCase, drawAwayFromKinks } from "./away-from-kinks.js";
import { type DrawnGradients, drawGradients } from "./draw-gradients.js";

/** A draw whose forward values are compared. Throws: `ConformanceFailure` where right programs agree on none. */
export async function requireForward(
  oracle: ReferenceModel,
  architecture: Architecture,
  drawing: Omit<Drawing, "compared">,
): Promise<DrawnCase> {
  const drawn = await drawAwayFromKinks(oracle, architecture, { ...drawing, compared: "forward" });
  return drawn ?? noDraw(drawing);
}

/** As `drawGradients`. Throws: `ConformanceFailure` where right programs agree on no draw. */
export async function requireGradients(
  oracle: ReferenceModel,
  architecture: Architecture,
  drawing: Omit<Drawing, "compared">,
): Promise<DrawnGradients> {
  return (await drawGradients(oracle, architecture, drawing)) ?? noDraw(drawing);
}

function noDraw({ seed, precision }: Drawing): never {
  throw new ConformanceFailure(
    `no draw from seed ${seed} is away from the kinks of ${precision}: choose another seed`,
  );
}
