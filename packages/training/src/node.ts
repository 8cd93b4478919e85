export type { DataRecord, RunConfig, SplitRecord } from "./run/config.js";
export { RunError, type RunErrorCode } from "./run/errors.js";
export {
  createRun,
  describeData,
  type LoadedWeights,
  loadWeightsFrom,
  openRun,
  type Run,
  type RunReader,
  resumeRun,
  type TrainRunOptions,
  trainRun,
} from "./run/run.js";
