import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture } from "@nin/spec";
import fc from "fast-check";
import type { CaseContext } from "../case.js";
import { type DrawnCase, drawAwayFromKinks } from "../drawing/away-from-kinks.js";
import { ConformanceFailure } from "../failure.js";
import { randomArchitecture } from "./random-architecture.js";

/** An architecture that some never get away from a kink is drawn anew so often. */
const CANDIDATES = 6;

/** A case's own architectures: the first is used where nothing speaks against it. */
export function sampledArchitectures(seed: number, index: number): readonly Architecture[] {
  return fc.sample(randomArchitecture(), { seed: seed + index, numRuns: CANDIDATES });
}

/** A random network with what it is compared on. */
export interface SampledCase extends DrawnCase {
  readonly architecture: Architecture;
  readonly oracle: ReferenceModel;
}

/** The first of a case's architectures that gets away from its kinks. Throws: `ConformanceFailure` where none does. */
export async function sampledCase(
  context: CaseContext,
  seed: number,
  index: number,
  batch: number,
): Promise<SampledCase> {
  for (const architecture of sampledArchitectures(seed, index)) {
    const oracle = await context.oracle(architecture);
    const drawn = await drawAwayFromKinks(oracle, architecture, batch, seed + index);
    if (drawn !== undefined) return { ...drawn, architecture, oracle };
  }
  throw new ConformanceFailure(
    `no architecture of index ${index} gets away from its kinks: choose another seed`,
  );
}
