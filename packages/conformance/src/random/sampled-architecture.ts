import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture } from "@nin/spec";
import fc from "fast-check";
import type { CaseContext } from "../case.js";
import { type SampledCase, sampleAwayFromKinks } from "../drawing/away-from-kinks.js";
import { type SampledGradients, sampleGradients } from "../drawing/draw-gradients.js";
import { ConformanceFailure } from "../failure.js";
import { randomArchitecture } from "./random-architecture.js";

/** An architecture that some never get away from a kink is drawn anew so often. */
const CANDIDATES = 6;

/** A case's own architectures: the first is used where nothing speaks against it. */
export function candidateArchitectures(seed: number, index: number): readonly Architecture[] {
  return fc.sample(randomArchitecture(), { seed: seed + index, numRuns: CANDIDATES });
}

/** A random network with what it is compared on. */
export interface SampledNetwork extends SampledCase {
  readonly architecture: Architecture;
  readonly oracle: ReferenceModel;
}

/** The first of a case's architectures on whose forward values right programs agree. Throws: `ConformanceFailure` where there is none. */
export function networkForForward(
  context: CaseContext,
  seed: number,
  index: number,
  count: number,
): Promise<SampledNetwork> {
  return firstUsableNetwork(context, seed, index, (oracle, architecture) =>
    sampleAwayFromKinks(oracle, architecture, {
      count,
      seed: seed + index,
      precision: context.precision,
      compared: "forward",
    }),
  );
}

/** The same of gradients. Throws: likewise. */
export function networkForGradients(
  context: CaseContext,
  seed: number,
  index: number,
  count: number,
): Promise<SampledNetwork & SampledGradients> {
  return firstUsableNetwork(context, seed, index, (oracle, architecture) =>
    sampleGradients(oracle, architecture, { count, seed: seed + index, precision: context.precision }),
  );
}

async function firstUsableNetwork<Drawn extends SampledCase>(
  context: CaseContext,
  seed: number,
  index: number,
  draw: (oracle: ReferenceModel, architecture: Architecture) => Promise<Drawn | undefined>,
): Promise<Drawn & SampledNetwork> {
  for (const architecture of candidateArchitectures(seed, index)) {
    const oracle = await context.oracle(architecture);
    const drawn = await draw(oracle, architecture);
    if (drawn !== undefined) return { ...drawn, architecture, oracle };
  }
  throw new ConformanceFailure(
    `no architecture of index ${index} gets away from its kinks: choose another seed`,
  );
}
