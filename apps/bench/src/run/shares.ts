import type { Contestant } from "../implementations/implementation";
import type { CaseResult, Ceiling } from "../result/format.js";

/** Fills in what part of its hardware's matrix product each contestant reaches. */
export function withShares(
  cases: readonly CaseResult[],
  contestants: readonly Contestant[],
  ceilings: readonly Ceiling[],
): readonly CaseResult[] {
  return cases.map((result) => ({
    ...result,
    entries: result.entries.map((entry) => {
      const hardware = contestants.find(({ id }) => id === entry.contestant)?.hardware;
      const ceiling = ceilings.find((candidate) => candidate.hardware === hardware);
      if (entry.measured === undefined || ceiling === undefined || result.precision !== "f32") return entry;
      const shareOfCeiling = entry.measured.flopsPerSecond / ceiling.flopsPerSecond.p95;
      return { ...entry, measured: { ...entry.measured, shareOfCeiling } };
    }),
  }));
}
