import type { StudyResults, StudyRunResult } from "../results/results.js";

/** A finished run, with what is to be different. */
export function sampleRun(id: string, changes: Partial<StudyRunResult> = {}): StudyRunResult {
  return {
    id: id.padStart(16, "0"),
    settings: { model: "nin-mnist", recipe: "robust", seed: 0 },
    ...{ status: "finished", attempts: 1, worker: null, epochs: 2, testAccuracy: 0.9, testLoss: 0.25 },
    ...{ imagesPerSecond: 100, elapsedMs: 60_000, parameters: 1000, macs: 20_000, warnings: [], error: null },
    ...changes,
  };
}

export function sampleResults(runs: readonly StudyRunResult[]): StudyResults {
  return { format: "nin-study-results", version: 1, study: "example", runs };
}
