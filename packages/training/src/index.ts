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
} from "./classify/classify.js";
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
export type {
  EpochMetrics,
  MetricsLine,
  StepMetrics,
  TrainingWarning,
  TrainingWarningCode,
} from "./record/metrics.js";
