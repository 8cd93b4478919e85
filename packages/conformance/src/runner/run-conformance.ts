import type { Backend, ExpectedFailure } from "@nin/backend";
import type { ConformanceCase } from "../case.js";
import { conformanceCases } from "../cases.js";
import { type CaseResult, type ConformanceReport, reportOf } from "../report/report.js";
import { checkPrecision } from "./check-precision.js";
import { checkExpectedFailures, expectedFailureOf } from "./expected-failures.js";
import { resolveDevice } from "./resolve-device.js";
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

/** What a run does: a device, cases, and why some of them are expected to fail. */
export interface ConformancePlan {
  readonly device: string;
  readonly cases: readonly PlannedCase[];
}

/** A case, and why it is expected to fail, where it is. */
export interface PlannedCase {
  readonly entry: ConformanceCase;
  readonly expectedFailure?: string;
}

/**
 * Throws: `ConformanceOptionError` for a filter or an expected failure that names no case;
 * `DeviceUnavailableError`, `UnsupportedError`, also where the backend or its device lacks the precision.
 */
export async function planConformance(
  backend: Backend,
  options: ConformanceOptions = {},
): Promise<ConformancePlan> {
  const { cases = conformanceCases(), expectedFailures = [] } = options;
  const expected = [...(backend.expectedFailures ?? []), ...expectedFailures];
  // A caller's own choice of cases need not have those that the backend lists.
  if (options.cases === undefined) checkExpectedFailures(expected, cases);
  const selected = selectCases(cases, options);
  const device = await resolveDevice(backend, options.device);
  await checkPrecision(backend, { ...options, device });
  const planned = selected.map((entry) => {
    const expectedFailure = expectedFailureOf(entry.id, device, expected);
    return expectedFailure === undefined ? { entry } : { entry, expectedFailure };
  });
  return { device, cases: planned };
}

/**
 * Decides whether a backend realizes and trains the same network as all others: runs the cases, one
 * after another, and disposes of every model they compiled.
 *
 * Throws: as `planConformance`; the signal's reason when aborted. A case that fails is a result.
 */
export async function runConformance(
  backend: Backend,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  const { device, cases } = await planConformance(backend, options);
  const results: CaseResult[] = [];
  for (const { entry, ...expectation } of cases) {
    options.signal?.throwIfAborted();
    const result = await runCase(entry, backend, { ...options, device, ...expectation });
    results.push(result);
    options.onResult?.(result, { done: results.length, total: cases.length });
  }
  return reportOf(results);
}
