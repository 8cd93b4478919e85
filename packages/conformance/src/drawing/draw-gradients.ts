import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture } from "@nin/spec";
import { flatAllowance, type GradientAllowance } from "../compare/gradients.js";
import { tolerances } from "../tolerances.js";
import {
  type SampledCase,
  type SamplingOptions,
  sampleAwayFromKinks,
  sampleCase,
} from "./away-from-kinks.js";
import { spreadAllowance } from "./spread-allowance.js";

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
