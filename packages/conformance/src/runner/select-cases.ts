import type { ConformanceCase } from "../case.js";
import { ConformanceOptionError } from "../failure.js";

/** Which cases are run. */
export interface CaseSelection {
  /** Only cases whose id contains it. */
  readonly filter?: string;
  /** Only the quick ones; false by default. */
  readonly quick?: boolean;
}

/** Throws: `ConformanceOptionError` when nothing is left. */
export function selectCases(
  cases: readonly ConformanceCase[],
  { filter = "", quick = false }: CaseSelection,
): readonly ConformanceCase[] {
  const selected = cases.filter((entry) => entry.id.includes(filter) && (entry.quick || !quick));
  if (selected.length > 0) return selected;
  throw new ConformanceOptionError("filter", `a part of the id of ${quick ? "a quick" : "a"} case`, filter);
}
