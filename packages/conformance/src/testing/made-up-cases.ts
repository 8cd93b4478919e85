import type { CaseContext, ConformanceCase } from "../case.js";

/** A case that does what a test wants. */
export function sampleCase(
  id: string,
  run: (context: CaseContext) => Promise<void> = async () => {},
  changes: Partial<ConformanceCase> = {},
): ConformanceCase {
  return { id, plan: "what a test wants", source: "made up", quick: true, run, ...changes };
}

/** A failing one. */
export function failingCase(id: string): ConformanceCase {
  return sampleCase(id, () => Promise.reject(new Error("it differs")));
}
