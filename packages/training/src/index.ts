export type { Checkpoint, Progress, TrainingEnvironment } from "./checkpoint.js";
export { DivergedError, TrainingOptionError } from "./errors.js";
export { type EvaluateOptions, type EvaluationResult, evaluateModel } from "./evaluate-model.js";
export type {
  CheckpointSaved,
  EnvironmentChanged,
  EnvironmentDifference,
  EvaluationProgress,
  TrainingEvent,
  TrainingProgress,
  TrainingStarted,
} from "./events.js";
export type { EpochMetrics, MetricsLine, StepMetrics } from "./metrics.js";
export type { TrainingOptions, TrainingRecorder, TrainingResult } from "./options.js";
export { trainModel } from "./train-model.js";
