import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture } from "@nin/spec";
import { ConformanceFailure } from "../failure.js";
import { type SampledCase, type SamplingOptions, sampleAwayFromKinks } from "./away-from-kinks.js";
import { type SampledGradients, sampleGradients } from "./draw-gradients.js";

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
