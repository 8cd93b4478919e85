import { type LevelName, levelNames, levelOf } from "../case/case.js";

/** `unexpectedPass`: it was listed as an expected failure; counts as a failure. */
export type CaseStatus = "passed" | "failed" | "skipped" | "expectedFailure" | "unexpectedPass";

/** How a case ended. */
export interface CaseResult {
  readonly id: string;
  readonly status: CaseStatus;
  /** What differed, why it was skipped, or why it was expected to fail; nothing where it passed. */
  readonly detail?: string;
  /** Of an expected failure: why it was expected, as the backend says, without what differed. */
  readonly reason?: string;
  /** Units: milliseconds. */
  readonly durationMs: number;
}

/** How a run ended: every case once, counted in one of the four numbers. */
export interface ConformanceReport {
  readonly passed: number;
  /** Unexpected passes among them. */
  readonly failed: number;
  readonly skipped: number;
  readonly expectedFailures: number;
  readonly cases: readonly CaseResult[];
}

/** Whether a case's end fails the run. */
export function isFailure({ status }: CaseResult): boolean {
  return status === "failed" || status === "unexpectedPass";
}

/** Counts results. */
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

/** A level's part of a report. */
export interface LevelReport extends ConformanceReport {
  readonly level: LevelName;
  /** Units: milliseconds. */
  readonly durationMs: number;
}

/** A report's levels, in the suite's order, those without a case left out. */
export function reportByLevel({ cases }: ConformanceReport): readonly LevelReport[] {
  return levelNames.flatMap((level) => {
    const own = cases.filter(({ id }) => levelOf(id) === level);
    return own.length === 0 ? [] : [{ level, ...reportOf(own), durationMs: totalMs(own) }];
  });
}

function totalMs(cases: readonly CaseResult[]): number {
  return cases.reduce((sum, { durationMs }) => sum + durationMs, 0);
}
