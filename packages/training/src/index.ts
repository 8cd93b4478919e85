/**
 * The training loop on any backend, without files.
 *
 * @example
 * ```ts
 * import type { Model } from "@nin/backend";
 * import { syntheticDataset } from "@nin/data";
 * import { builtinArchitecture, builtinRecipe } from "@nin/spec";
 * import { type TrainingResult, trainModel } from "@nin/training";
 *
 * export function train(model: Model): Promise<TrainingResult> {
 *   const architecture = builtinArchitecture("nin-mnist");
 *   const recipe = builtinRecipe("robust");
 *   return trainModel({ model, architecture, recipe, data: syntheticDataset(), maxSteps: 100 });
 * }
 * ```
 *
 * @packageDocumentation
 */
export {
  type CanvasPixels,
  type ClassifyOptions,
  classify,
  classifyImages,
  type Prediction,
  rankScores,
} from "./classify/classify.js";
export {
  type ClassEvidence,
  type ClassMaps,
  classEvidence,
  classMaps,
  scoresOfMaps,
} from "./explain/class-maps.js";
export {
  activationBytes,
  type FeatureMap,
  featureLayers,
  featureMap,
  type RealizedNetwork,
  receptiveField,
} from "./explain/feature-maps.js";
export { type FilterBank, type FilterImage, filterImage, firstFilters } from "./explain/first-filters.js";
export {
  type ActivatingImage,
  type ActivityOptions,
  type ChannelActivity,
  isSilent,
  type LayerActivity,
  mostActivating,
  variedChannels,
} from "./explain/most-activating.js";
export { DivergedError, TrainingOptionError } from "./loop/errors.js";
export { type EvaluateOptions, type EvaluationResult, evaluateModel } from "./loop/evaluation.js";
export type {
  CheckpointSaved,
  EnvironmentChanged,
  EnvironmentDifference,
  EvaluationProgress,
  TrainingEvent,
  TrainingProgress,
  TrainingStarted,
} from "./loop/events.js";
export type { TrainingOptions, TrainingRecorder, TrainingResult } from "./loop/options.js";
export { splitValidation, type TrainingSplit, trainingImageCount } from "./loop/split.js";
export { trainModel } from "./loop/train-model.js";
export {
  type FoundRun,
  type PortableRun,
  readRunFolder,
  runFolderFiles,
} from "./portable/run-folder.js";
export type {
  BestEpoch,
  Checkpoint,
  Patience,
  Progress,
  SelectionState,
  TrainingEnvironment,
  UnpredictedClass,
  WarningCounters,
} from "./record/checkpoint.js";
export {
  type DataLoading,
  type DataRecord,
  parseConfig as parseRunConfig,
  type RunConfig,
  type SplitRecord,
} from "./record/config.js";
export { type DataHashing, describeDataBy } from "./record/describe-data.js";
export { describeRun } from "./record/describe-run.js";
export { type CurvePoint, DownsampledSteps } from "./record/downsampled-steps.js";
export type {
  EpochMetrics,
  MetricsLine,
  StepMetrics,
  TrainingWarning,
  TrainingWarningCode,
} from "./record/metrics.js";
export { metricsUpTo } from "./record/metrics-text.js";
export { RunError, type RunErrorCode } from "./record/run-error.js";
export type { CreateSha256, Sha256 } from "./record/sha256.js";
