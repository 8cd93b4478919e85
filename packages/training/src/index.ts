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
export { trainModel } from "./loop/train-model.js";
export type { Checkpoint, Progress, TrainingEnvironment } from "./record/checkpoint.js";
export type { EpochMetrics, MetricsLine, StepMetrics } from "./record/metrics.js";
