import type { ReferenceModel } from "@nin/backend-reference";
import type { Architecture } from "@nin/spec";
import { arbitraryArchitecture } from "@nin/spec/arbitrary";
import fc from "fast-check";
import type { CaseContext } from "../case/case.js";
import { ConformanceFailure } from "../case/failure.js";
import { type SampledCase, sampleAwayFromKinks } from "../sampling/away-from-kinks.js";
import { type SampledGradients, sampleGradients } from "../sampling/sample-gradients.js";

/** How many architectures are tried for a case: some always have a value at a kink. */
const CANDIDATES = 6;

/** The architectures of a case; the first one that can be judged is used. */
export function candidateArchitectures(seed: number, index: number): readonly Architecture[] {
  return fc.sample(randomArchitecture(), { seed: seed + index, numRuns: CANDIDATES });
}

/** A random network, with the parameters and the batch of its comparison. */
export interface SampledNetwork extends SampledCase {
  readonly architecture: Architecture;
  readonly oracle: ReferenceModel;
}

/**
 * The first of a case's architectures on whose forward values correct programs agree.
 *
 * @throws ConformanceFailure where there is none
 */
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
      arithmetic: context.arithmetic,
      compared: "forward",
    }),
  );
}

/**
 * The first of a case's architectures on whose gradients correct programs agree.
 *
 * @throws ConformanceFailure where there is none
 */
export function networkForGradients(
  context: CaseContext,
  seed: number,
  index: number,
  count: number,
): Promise<SampledNetwork & SampledGradients> {
  return firstUsableNetwork(context, seed, index, (oracle, architecture) =>
    sampleGradients(oracle, architecture, { count, seed: seed + index, arithmetic: context.arithmetic }),
  );
}

async function firstUsableNetwork<Sampled extends SampledCase>(
  context: CaseContext,
  seed: number,
  index: number,
  sample: (oracle: ReferenceModel, architecture: Architecture) => Promise<Sampled | undefined>,
): Promise<Sampled & SampledNetwork> {
  for (const architecture of candidateArchitectures(seed, index)) {
    const oracle = await context.oracle(architecture);
    const sampled = await sample(oracle, architecture);
    if (sampled !== undefined) return { ...sampled, architecture, oracle };
  }
  throw new ConformanceFailure(
    `no architecture of index ${index} is away from the kinks: choose another seed`,
  );
}

/** Shallow and deep networks, narrow ones and some that are wide enough for formulations that wide layers need. */
export function randomArchitecture(): fc.Arbitrary<Architecture> {
  return fc.oneof(
    { weight: 5, arbitrary: arbitraryArchitecture() },
    { weight: 2, arbitrary: arbitraryArchitecture({ maxLayers: 12 }) },
    { weight: 2, arbitrary: arbitraryArchitecture({ maxLayers: 3, maxChannels: 20 }) },
  );
}

/** An architecture as JSON, which can be pasted into a file that `nin summary FILE` reads. */
export function architectureText(architecture: Architecture): string {
  return JSON.stringify(architecture);
}

/** Runs a comparison whose failure includes the architecture, ready to be pasted into a file. */
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
