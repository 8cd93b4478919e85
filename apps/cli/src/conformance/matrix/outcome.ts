import type { CaseStatus } from "@nin/conformance";

/** How the cases of a level, or of a run, ended. */
export interface LevelCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly expectedFailures: number;
}

/** What a cell says at a glance: the worst of its cases. */
export type Outcome = "passed" | "failed" | "expected" | "skipped";

export function totalOf({ passed, failed, skipped, expectedFailures }: LevelCounts): number {
  return passed + failed + skipped + expectedFailures;
}

export function outcomeOf({ failed, skipped, expectedFailures }: LevelCounts): Outcome {
  if (failed > 0) return "failed";
  if (expectedFailures > 0) return "expected";
  return skipped > 0 ? "skipped" : "passed";
}

export function outcomeOfStatus(status: CaseStatus): Outcome {
  if (status === "unexpectedPass") return "failed";
  return status === "expectedFailure" ? "expected" : status;
}
