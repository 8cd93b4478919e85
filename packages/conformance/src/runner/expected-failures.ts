import type { ExpectedFailure } from "@nin/backend";
import type { ConformanceCase } from "../case.js";
import { ConformanceOptionError } from "../failure.js";

/** Whether `pattern`, an id or its beginning and `*`, names a case. */
export function namesCase(pattern: string, id: string): boolean {
  return pattern.endsWith("*") ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}

/** Why a case is expected to fail on a device; undefined where it is not. */
export function expectedFailureOf(
  id: string,
  device: string | undefined,
  expected: readonly ExpectedFailure[],
): string | undefined {
  return expected.find(
    (entry) => namesCase(entry.case, id) && (entry.device === undefined || entry.device === device),
  )?.reason;
}

/** Throws: `ConformanceOptionError` for an entry that names no case, or has no reason. */
export function checkExpectedFailures(
  expected: readonly ExpectedFailure[],
  cases: readonly ConformanceCase[],
): void {
  for (const entry of expected) {
    const { case: pattern, reason } = entry;
    if (reason.trim() === "")
      throw new ConformanceOptionError(`expectedFailures ${pattern}`, "a reason", "none");
    if (!cases.some(({ id }) => namesCase(pattern, id))) {
      throw new ConformanceOptionError("expectedFailures", "ids of cases, or beginnings and *", pattern);
    }
  }
}
