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
export { parseMetricsLine } from "./record/metrics.js";
export {
  type DataLoading,
  type DataRecord,
  parseConfig as parseRunConfig,
  type RunConfig,
  type SplitRecord,
} from "./run/config.js";
export { describeData } from "./run/describe-data.js";
export { describeRun } from "./run/describe-run.js";
export { RunError, type RunErrorCode } from "./run/errors.js";
export { RunLock } from "./run/lock.js";
export {
  type CheckpointChoice,
  type LoadedWeights,
  type LoadWeightsOptions,
  loadWeightsFrom,
  openRun,
  type RunReader,
} from "./run/read-run.js";
export { createRun, type ResumeOptions, type Run, type RunOptions, resumeRun } from "./run/run.js";
export { requireSameData, type TrainRunOptions, trainRun } from "./run/train-run.js";
