import { type LevelName, levelNames, levelOf } from "../levels.js";
import { type CaseResult, type ConformanceReport, reportOf } from "./report.js";

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
