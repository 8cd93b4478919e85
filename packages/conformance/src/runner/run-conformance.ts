import type { Backend, ExpectedFailure } from "@nin/backend";
import type { ConformanceCase } from "../case.js";
import { conformanceCases } from "../cases.js";
import { type CaseResult, type ConformanceReport, reportOf } from "../report/report.js";
import { checkExpectedFailures, expectedFailureOf } from "./expected-failures.js";
import { type CaseRunOptions, runCase } from "./run-case.js";
import { type CaseSelection, selectCases } from "./select-cases.js";

/** How the suite is run. */
export interface ConformanceOptions extends CaseSelection, Omit<CaseRunOptions, "expectedFailure"> {
  /** `conformanceCases()` by default. */
  readonly cases?: readonly ConformanceCase[];
  /** Beside those that the backend lists itself. */
  readonly expectedFailures?: readonly ExpectedFailure[];
  readonly onResult?: (result: CaseResult, progress: ConformanceProgress) => void;
  /** Ends the run before its next case. */
  readonly signal?: AbortSignal;
}

/** How far a run has come. */
export interface ConformanceProgress {
  readonly done: number;
  readonly total: number;
}

/** The cases of a run, and why some are expected to fail. */
export interface PlannedCase {
  readonly entry: ConformanceCase;
  readonly expectedFailure?: string;
}

/** Throws: `ConformanceOptionError` for a filter or an expected failure that names no case. */
export async function planConformance(
  backend: Backend,
  options: ConformanceOptions = {},
): Promise<readonly PlannedCase[]> {
  const { cases = conformanceCases(), expectedFailures = [] } = options;
  const expected = [...(backend.expectedFailures ?? []), ...expectedFailures];
  // A caller's own choice of cases need not have those that the backend lists.
  if (options.cases === undefined) checkExpectedFailures(expected, cases);
  const device = expected.length === 0 ? options.device : await deviceOf(backend, options.device);
  return selectCases(cases, options).map((entry) => {
    const expectedFailure = expectedFailureOf(entry.id, device, expected);
    return expectedFailure === undefined ? { entry } : { entry, expectedFailure };
  });
}

/**
 * Decides whether a backend realizes and trains the same network as all others: runs the cases, one
 * after another, and disposes of every model they compiled.
 *
 * Throws: `ConformanceOptionError`; the signal's reason when aborted. A case that fails is a result.
 */
export async function runConformance(
  backend: Backend,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  const planned = await planConformance(backend, options);
  const results: CaseResult[] = [];
  for (const { entry, ...expectation } of planned) {
    options.signal?.throwIfAborted();
    const result = await runCase(entry, backend, { ...options, ...expectation });
    results.push(result);
    options.onResult?.(result, { done: results.length, total: planned.length });
  }
  return reportOf(results);
}

async function deviceOf(backend: Backend, device: string | undefined): Promise<string | undefined> {
  return device ?? (await backend.devices()).find(({ available }) => available)?.id;
}
