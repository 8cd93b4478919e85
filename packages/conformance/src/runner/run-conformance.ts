import {
  type Backend,
  DeviceUnavailableError,
  type ExpectedFailure,
  type MixedFactors,
  UnsupportedError,
} from "@nin/backend";
import type { ConformanceCase, DeviceOptions } from "../case/case.js";
import { ConformanceOptionError } from "../case/failure.js";
import { smallArchitecture } from "../networks/small.js";
import { type CaseResult, type ConformanceReport, reportOf } from "../report/report.js";
import { conformanceCases } from "./cases.js";
import { type CaseRunOptions, runCase } from "./run-case.js";

/** Which cases are run, and how. */
export interface ConformanceOptions extends CaseSelection, Omit<CaseRunOptions, "expectedFailure"> {
  /** `conformanceCases()` by default. */
  readonly cases?: readonly ConformanceCase[];
  /** Expected failures in addition to those that the backend lists itself. */
  readonly expectedFailures?: readonly ExpectedFailure[];
  readonly onResult?: (result: CaseResult, progress: ConformanceProgress) => void;
  /** Ends the run before its next case when it is aborted. */
  readonly signal?: AbortSignal;
}

/** How far a run has come. */
export interface ConformanceProgress {
  readonly done: number;
  readonly total: number;
}

/** The device that a suite runs on. */
export interface ConformancePlace {
  readonly device: string;
  /** What its mixed precision rounds factors to; absent where it does not say. */
  readonly mixedFactors?: MixedFactors;
}

/** The plan of a run: the device, the cases, and why some of them are expected to fail. */
export interface ConformancePlan extends ConformancePlace {
  readonly cases: readonly PlannedCase[];
}

/** A case, and why it is expected to fail; absent where it is not. */
export interface PlannedCase {
  readonly entry: ConformanceCase;
  readonly expectedFailure?: string;
}

/**
 * What `runConformance` would run.
 *
 * @throws ConformanceOptionError for a filter or an expected failure that names no case; DeviceUnavailableError;
 *   UnsupportedError, also where the backend or its device lacks the precision or the arithmetic of convolutions
 */
export async function planConformance(
  backend: Backend,
  options: ConformanceOptions = {},
): Promise<ConformancePlan> {
  const { cases = conformanceCases(), expectedFailures = [] } = options;
  const expected = [...(backend.expectedFailures ?? []), ...expectedFailures];
  // Cases that the caller chooses need not include those that the backend expects to fail.
  if (options.cases === undefined) checkExpectedFailures(expected, cases);
  const selected = selectCases(cases, options);
  const place = await resolveDevice(backend, options.device);
  const { device } = place;
  await checkPrecision(backend, { ...options, device });
  const planned = selected.map((entry) => {
    const expectedFailure = expectedFailureOf(entry.id, device, expected);
    return expectedFailure === undefined ? { entry } : { entry, expectedFailure };
  });
  return { ...place, cases: planned };
}

/**
 * Decides whether a backend realizes and trains the same network as all others: runs the cases one after another, and
 * disposes of every model that they compile. A case that fails is a result, not an error.
 *
 * @throws as `planConformance`; the signal's reason when it is aborted
 *
 * @example
 * const report = await runConformance(createMyBackend(), { quick: true, host: createNodeHost() });
 * for (const { id, detail } of report.cases.filter(isFailure)) console.log(id, detail);
 */
export async function runConformance(
  backend: Backend,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  const { cases, ...place } = await planConformance(backend, options);
  const results: CaseResult[] = [];
  for (const { entry, ...expectation } of cases) {
    options.signal?.throwIfAborted();
    const result = await runCase(entry, backend, { ...options, ...place, ...expectation });
    results.push(result);
    options.onResult?.(result, { done: results.length, total: cases.length });
  }
  return reportOf(results);
}

/** Which cases are run. */
export interface CaseSelection {
  /** Selects the cases whose id contains this text; all by default. */
  readonly filter?: string;
  /** Whether only quick cases are run; false by default. */
  readonly quick?: boolean;
}

/** @throws ConformanceOptionError when no case is selected */
export function selectCases(
  cases: readonly ConformanceCase[],
  { filter = "", quick = false }: CaseSelection,
): readonly ConformanceCase[] {
  const selected = cases.filter((entry) => entry.id.includes(filter) && (entry.quick || !quick));
  if (selected.length > 0) return selected;
  throw new ConformanceOptionError("filter", `a part of the id of ${quick ? "a quick" : "a"} case`, filter);
}

/**
 * The device that the suite runs on: the given one, or the first of the backend's that is usable.
 *
 * @throws UnsupportedError for a device that the backend does not list; DeviceUnavailableError for one that is not
 * usable
 *   here, or where none is
 */
export async function resolveDevice(backend: Backend, given: string | undefined): Promise<ConformancePlace> {
  const devices = await backend.devices();
  const usable = devices.find(({ available }) => available);
  const chosen = given === undefined ? (usable ?? devices[0]) : devices.find(({ id }) => id === given);
  if (chosen === undefined) {
    const known = devices.map(({ id }) => id).join(", ") || "a backend with a device";
    throw new UnsupportedError(backend.id, `device ${given ?? "(none)"}`, `one of ${known}`);
  }
  if (!chosen.available) {
    throw new DeviceUnavailableError(backend.id, chosen.id, chosen.reason ?? "the backend does not say why");
  }
  const { id, mixedFactors } = chosen;
  return { device: id, ...(mixedFactors !== undefined && { mixedFactors }) };
}

/**
 * Compiles a small network, so that a device that lacks the precision or arithmetic is reported by one error and not by every case.
 * Every backend has float32; if that does not compile, cases fail.
 *
 * @throws UnsupportedError; anything else that the backend refuses it with
 */
export async function checkPrecision(backend: Backend, options: DeviceOptions): Promise<void> {
  const { device, precision = "f32", convolution = "exact", threads } = options;
  if (precision === "f32" && convolution === "exact") return;
  const model = await backend.compile(smallArchitecture, {
    ...{ precision, convolution },
    maxBatch: 1,
    ...(device === undefined ? {} : { device }),
    ...(threads === undefined ? {} : { threads }),
  });
  await model.dispose();
}

/** Whether `pattern`, an id or the beginning of one followed by `*`, names a case. */
export function namesCase(pattern: string, id: string): boolean {
  return pattern.endsWith("*") ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}

/** The reason why a case is expected to fail on a device; undefined where it is not. */
export function expectedFailureOf(
  id: string,
  device: string | undefined,
  expected: readonly ExpectedFailure[],
): string | undefined {
  return expected.find(
    (entry) => namesCase(entry.case, id) && (entry.device === undefined || entry.device === device),
  )?.reason;
}

/** @throws ConformanceOptionError for an entry that names no case, or has no reason */
export function checkExpectedFailures(
  expected: readonly ExpectedFailure[],
  cases: readonly ConformanceCase[],
): void {
  for (const entry of expected) {
    const { case: pattern, reason } = entry;
    if (reason.trim() === "")
      throw new ConformanceOptionError(`expectedFailures ${pattern}`, "a reason", "none");
    if (!cases.some(({ id }) => namesCase(pattern, id))) {
      throw new ConformanceOptionError(
        "expectedFailures",
        "the id of a case, or the beginning of one followed by *",
        pattern,
      );
    }
  }
}
