import { type LevelName, levelNames, levelOf } from "../case/case.js";

/**
 * How a case ended. `unexpectedPass`: it passes though it is listed as an expected failure, which counts as a failure.
 */
export type CaseStatus = "passed" | "failed" | "skipped" | "expectedFailure" | "unexpectedPass";

/** The result of a case. */
export interface CaseResult {
  readonly id: string;
  readonly status: CaseStatus;
  /** What differed, why it was skipped, or why it was expected to fail; absent where it passed. */
  readonly detail?: string;
  /** The reason of an expected failure as the backend states it, without what differed. */
  readonly reason?: string;
  /** Units: milliseconds. */
  readonly durationMs: number;
}

/** The results of a run. Each case is counted in one of the four numbers. */
export interface ConformanceReport {
  readonly passed: number;
  /** Includes unexpected passes. */
  readonly failed: number;
  readonly skipped: number;
  readonly expectedFailures: number;
  readonly cases: readonly CaseResult[];
}

/** Whether a result makes the run fail. */
export function isFailure({ status }: CaseResult): boolean {
  return status === "failed" || status === "unexpectedPass";
}

/** A report of these results. */
export function reportOf(cases: readonly CaseResult[]): ConformanceReport {
  const count = (...statuses: readonly CaseStatus[]): number =>
    cases.filter(({ status }) => statuses.includes(status)).length;
  return {
    passed: count("passed"),
    failed: count("failed", "unexpectedPass"),
    skipped: count("skipped"),
    expectedFailures: count("expectedFailure"),
    cases,
  };
}

/** The part of a report that belongs to one level. */
export interface LevelReport extends ConformanceReport {
  readonly level: LevelName;
  /** Units: milliseconds. */
  readonly durationMs: number;
}

/** A report level by level, in the order of the suite, without levels that have no case. */
export function reportByLevel({ cases }: ConformanceReport): readonly LevelReport[] {
  return levelNames.flatMap((level) => {
    const own = cases.filter(({ id }) => levelOf(id) === level);
    return own.length === 0 ? [] : [{ level, ...reportOf(own), durationMs: totalMs(own) }];
  });
}

function totalMs(cases: readonly CaseResult[]): number {
  return cases.reduce((sum, { durationMs }) => sum + durationMs, 0);
}
