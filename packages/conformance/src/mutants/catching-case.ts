import type { ConformanceCase } from "../case.js";
import { isFailure } from "../report/report.js";
import { type CaseRunOptions, runCase } from "../runner/run-case.js";
import type { Mutant } from "./mutant.js";

/** The case that caught a mutant, and what it said. */
export interface Catch {
  readonly id: string;
  readonly detail: string;
}

/** The first of these cases that fails on a mutant, quick ones tried first; undefined when all pass. */
export async function catchingCase(
  mutant: Mutant,
  cases: readonly ConformanceCase[],
  options: CaseRunOptions = {},
): Promise<Catch | undefined> {
  const backend = mutant.create();
  const ordered = [...cases.filter(({ quick }) => quick), ...cases.filter(({ quick }) => !quick)];
  for (const entry of ordered) {
    const result = await runCase(entry, backend, options);
    if (isFailure(result)) return { id: entry.id, detail: result.detail ?? "" };
  }
  return undefined;
}
