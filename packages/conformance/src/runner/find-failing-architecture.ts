import type { Backend } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import fc from "fast-check";
import type { ConformanceCase } from "../case/case.js";
import { ConformanceFailure } from "../case/failure.js";
import { architectureText, randomArchitecture } from "../random/architectures.js";
import { type Compared, compareArchitecture } from "../random/compare-architecture.js";
import { type CaseRunOptions, runCase } from "./run-case.js";
import { checkPrecision, resolveDevice } from "./run-conformance.js";

const MAX_BATCH = 5;

/** Which architectures are tried, and where. */
export interface SearchOptions extends Omit<CaseRunOptions, "expectedFailure" | "seed"> {
  /** How many. */
  readonly count: number;
  /** The same seed gives the same architectures. */
  readonly seed: number;
  readonly onProgress?: (progress: { readonly tried: number; readonly count: number }) => void;
  /** Ends the search before its next architecture. */
  readonly signal?: AbortSignal;
}

/** What a search came to. */
export interface SearchResult {
  /** Architectures tried before the first failure, and that one. */
  readonly tried: number;
  /** Whose values could not be compared, since no draw of them gets away from a kink. */
  readonly withoutValues: number;
  /** Whose steps could not be compared, since rounding decides them. */
  readonly withoutSteps: number;
  /** The smallest that fails; nothing where none does. */
  readonly failure?: FailingArchitecture;
}

export interface FailingArchitecture {
  readonly architecture: Architecture;
  /** The architecture as JSON, ready to be pasted into a file. */
  readonly text: string;
  readonly batch: number;
  readonly seed: number;
  /** What differed. */
  readonly detail: string;
  /** How often it was made smaller. */
  readonly shrinks: number;
}

/**
 * Tries random architectures: shapes, parameters, values, gradients and two steps with dropout. The
 * first that fails is shrunk to the smallest that still does.
 *
 * Throws: `DeviceUnavailableError`, `UnsupportedError`; the signal's reason when aborted.
 */
export async function findFailingArchitecture(
  backend: Backend,
  options: SearchOptions,
): Promise<SearchResult> {
  const { count, seed, onProgress, signal, ...rest } = options;
  const runOptions = { ...rest, device: await resolveDevice(backend, options.device) };
  await checkPrecision(backend, runOptions);
  let tried = 0;
  const leftOut = { values: 0, steps: 0 };
  const property = fc.asyncProperty(
    randomArchitecture(),
    fc.integer({ min: 1, max: MAX_BATCH }),
    fc.nat({ max: 2 ** 20 }),
    async (architecture, batch, sampleSeed) => {
      if (signal?.aborted === true) return;
      const compared = await tryArchitecture(backend, runOptions, { architecture, batch, seed: sampleSeed });
      tried += 1;
      leftOut.values += Number(!compared.values);
      leftOut.steps += Number(!compared.steps);
      onProgress?.({ tried, count });
    },
  );
  const { counterexample, numRuns, numShrinks, errorInstance } = await fc.check(property, {
    seed,
    numRuns: count,
  });
  signal?.throwIfAborted();
  const result = { tried: numRuns, withoutValues: leftOut.values, withoutSteps: leftOut.steps };
  if (counterexample === null) return result;
  const [architecture, batch, sampleSeed] = counterexample;
  const detail = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const text = architectureText(architecture);
  return { ...result, failure: { architecture, text, batch, seed: sampleSeed, detail, shrinks: numShrinks } };
}

/** A random architecture, and the batch and seed that it is compared with. */
interface Trial {
  readonly architecture: Architecture;
  readonly batch: number;
  readonly seed: number;
}

/** Throws: `ConformanceFailure`. Every model is disposed of. */
async function tryArchitecture(
  backend: Backend,
  options: CaseRunOptions,
  { architecture, batch, seed }: Trial,
): Promise<Compared> {
  let compared: Compared = { values: false, steps: false };
  const trial: ConformanceCase = {
    id: "forward/random/trial",
    plan: "shapes, parameters, values, gradients and steps are right",
    source: "oracle",
    quick: false,
    run: async (context) => {
      compared = await compareArchitecture(context, architecture, batch, seed);
    },
  };
  const { status, detail } = await runCase(trial, backend, options);
  if (status !== "passed") throw new ConformanceFailure(detail ?? status);
  return compared;
}
