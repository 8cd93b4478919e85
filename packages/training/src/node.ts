/**
 * Runs in folders: configuration, metrics, checkpoints, exact resume.
 *
 * @example
 * ```ts
 * import { loadWeightsFrom } from "@nin/training/node";
 *
 * export async function parameterNames(run: string): Promise<readonly string[]> {
 *   const { parameters } = await loadWeightsFrom(run);
 *   return [...parameters.keys()];
 * }
 * ```
 *
 * @packageDocumentation
 */

export {
  type DataLoading,
  type DataRecord,
  parseConfig as parseRunConfig,
  type RunConfig,
  type SplitRecord,
} from "./record/config.js";
export { describeRun } from "./record/describe-run.js";
export type { CurvePoint } from "./record/downsampled-steps.js";
export { parseMetricsLine } from "./record/metrics.js";
export { RunError, type RunErrorCode } from "./record/run-error.js";
export { stepsPerEpochOf } from "./run/config.js";
export { describeData } from "./run/describe-data.js";
export { type DamagedRun, type FoundRuns, findRuns, listRuns, type RunListing } from "./run/list-runs.js";
export { type LockState, RunLock } from "./run/lock.js";
export {
  type CurvesOfRun,
  MetricsHistory,
  type RunCurves,
  readRunCurves,
} from "./run/metrics-history.js";
export {
  type CheckpointChoice,
  type LoadedWeights,
  type LoadWeightsOptions,
  loadWeightsFrom,
  openRun,
  type RunReader,
} from "./run/read-run.js";
export { createRun, type ResumeOptions, type Run, type RunOptions, resumeRun } from "./run/run.js";
export {
  type InspectedRun,
  inspectRun,
  type RunStatus,
  type RunSummary,
  type SummaryOptions,
  summarizeRun,
} from "./run/run-summary.js";
export { requireSameData, type TrainRunOptions, trainRun } from "./run/train-run.js";
