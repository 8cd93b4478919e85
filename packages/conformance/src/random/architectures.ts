import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture } from "@nin/spec";
import { arbitraryArchitecture } from "@nin/spec/arbitrary";
import fc from "fast-check";
import type { CaseContext } from "../case/case.js";
import { ConformanceFailure } from "../case/failure.js";
import { type SampledCase, sampleAwayFromKinks } from "../sampling/away-from-kinks.js";
import { type SampledGradients, sampleGradients } from "../sampling/sample-gradients.js";

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
  sample: (oracle: ReferenceModel, architecture: Architecture) => Promise<Drawn | undefined>,
): Promise<Drawn & SampledNetwork> {
  for (const architecture of candidateArchitectures(seed, index)) {
    const oracle = await context.oracle(architecture);
    const sampled = await sample(oracle, architecture);
    if (sampled !== undefined) return { ...sampled, architecture, oracle };
  }
  throw new ConformanceFailure(
    `no architecture of index ${index} gets away from its kinks: choose another seed`,
  );
}

/** Shallow and deep networks, narrow ones and such as are wide enough for what pays on wide layers. */
export function randomArchitecture(): fc.Arbitrary<Architecture> {
  return fc.oneof(
    { weight: 5, arbitrary: arbitraryArchitecture() },
    { weight: 2, arbitrary: arbitraryArchitecture({ maxLayers: 12 }) },
    { weight: 2, arbitrary: arbitraryArchitecture({ maxLayers: 3, maxChannels: 20 }) },
  );
}

/** An architecture as a person would paste it into a file: `nin summary FILE` reads it. */
export function architectureText(architecture: Architecture): string {
  return JSON.stringify(architecture);
}

/** Runs a comparison; its failure names the architecture, ready to be pasted into a file. */
export async function namingArchitecture(
  architecture: Architecture,
  compare: () => Promise<void>,
): Promise<void> {
  try {
    await compare();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = architectureText(architecture);
    throw new ConformanceFailure(`${reason}\narchitecture: ${text}`, { cause: error });
  }
}
