import type { Backend } from "@nin/backend";
import { type Architecture, present } from "@nin/spec";
import fc from "fast-check";
import type { ConformanceCase } from "../case/case.js";
import { ConformanceFailure } from "../case/failure.js";
import { architectureText, randomArchitecture } from "../random/architectures.js";
import { type Compared, compareArchitecture } from "../random/compare-architecture.js";
import { type CaseRunOptions, runCase } from "./run-case.js";
import { checkPrecision, resolveDevice } from "./run-conformance.js";

const MAX_BATCH = 5;

/** Which architectures are tried, and on which device. */
export interface SearchOptions extends Omit<CaseRunOptions, "expectedFailure" | "seed"> {
  /** How many architectures are tried. */
  readonly count: number;
  /** The same seed gives the same architectures. */
  readonly seed: number;
  readonly onProgress?: (progress: { readonly tried: number; readonly count: number }) => void;
  /** Ends the search before its next architecture. */
  readonly signal?: AbortSignal;
}

/** The result of a search. */
export interface SearchResult {
  /** How many architectures were tried, including the first that failed. */
  readonly tried: number;
  /** How many had values that could not be compared, because every sample has one at a kink. */
  readonly withoutValues: number;
  /** How many had steps that could not be compared, because rounding decides them. */
  readonly withoutSteps: number;
  /** The smallest architecture that fails; absent where none does. */
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
  /** How often the architecture was made smaller. */
  readonly shrinks: number;
}

/**
 * Compares random architectures with the oracle: shapes, parameters, values, gradients and two steps with dropout. The
 * first that fails is shrunk to the smallest that still does.
 *
 * @throws DeviceUnavailableError, UnsupportedError; the signal's reason when it is aborted
 *
 * @example
 * const { failure } = await findFailingArchitecture(backend, { count: 300, seed: 1 });
 * if (failure !== undefined) console.log(failure.detail, failure.text);
 */
export async function findFailingArchitecture(
  backend: Backend,
  options: SearchOptions,
): Promise<SearchResult> {
  const { count, seed, onProgress, signal, ...rest } = options;
  const runOptions = { ...rest, ...(await resolveDevice(backend, options.device)) };
  await checkPrecision(backend, runOptions);
  let tried = 0;
  const excluded = { values: 0, steps: 0 };
  const property = fc.asyncProperty(
    randomArchitecture(),
    fc.integer({ min: 1, max: MAX_BATCH }),
    fc.nat({ max: 2 ** 20 }),
    async (architecture, batch, sampleSeed) => {
      if (signal?.aborted === true) return;
      const compared = await tryArchitecture(backend, runOptions, { architecture, batch, seed: sampleSeed });
      tried += 1;
      excluded.values += Number(!compared.values);
      excluded.steps += Number(!compared.steps);
      onProgress?.({ tried, count });
    },
  );
  const { counterexample, numRuns, numShrinks, errorInstance } = await fc.check(property, {
    seed,
    numRuns: count,
  });
  signal?.throwIfAborted();
  const result = { tried: numRuns, withoutValues: excluded.values, withoutSteps: excluded.steps };
  if (counterexample === null) return result;
  const [architecture, batch, sampleSeed] = counterexample;
  const detail = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const text = architectureText(architecture);
  return { ...result, failure: { architecture, text, batch, seed: sampleSeed, detail, shrinks: numShrinks } };
}

/** A random architecture, with the batch size and seed of its comparison. */
interface Trial {
  readonly architecture: Architecture;
  readonly batch: number;
  readonly seed: number;
}

/**
 * Compares one architecture, and disposes of every model.
 *
 * @throws ConformanceFailure
 */
async function tryArchitecture(
  backend: Backend,
  options: CaseRunOptions,
  { architecture, batch, seed }: Trial,
): Promise<Compared> {
  let compared: Compared = { values: false, steps: false };
  const trial: ConformanceCase = {
    id: "forward/random/trial",
    plan: "shapes, parameters, values, gradients and steps of a random architecture are the oracle's",
    source: "oracle",
    quick: false,
    run: async (context) => {
      compared = await compareArchitecture(context, architecture, batch, seed);
    },
  };
  const { status, detail } = await runCase(trial, backend, options);
  if (status !== "passed") throw new ConformanceFailure(present(detail, "the detail of a failure"));
  return compared;
}
