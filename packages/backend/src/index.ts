export type {
  Backend,
  BackendCapabilities,
  CompileOptions,
  Device,
  DeviceDetail,
  DeviceListOptions,
  ExpectedFailure,
  Hardware,
  ImageFormat,
  Precision,
  TunedLayer,
} from "./backend.js";
export type {
  Batch,
  Dataset,
  ImageBatch,
  IndexBatch,
  InputBatch,
  LabelledBatch,
  Labels,
  TrainingBatch,
} from "./batch.js";
export { CallQueue } from "./call-queue.js";
export {
  type BatchLimits,
  batchLimits,
  checkBatch,
  checkDataset,
  checkIndices,
  checkLabels,
  checkParameters,
} from "./checks.js";
export {
  type CompileLimits,
  checkCompileOptions,
  chooseDevice,
  DEFAULT_MAX_BATCH,
} from "./compile-checks.js";
export {
  type CrossEntropy,
  crossEntropy,
  firstLargest,
  type Scores,
  writeCrossEntropyGradient,
} from "./cross-entropy.js";
export {
  BatchError,
  DeviceLostError,
  DeviceUnavailableError,
  DisposedError,
  NinError,
  ParameterError,
  RuntimeError,
  SessionError,
  UnsupportedError,
} from "./errors.js";
export { Memo } from "./memo.js";
export type { LossAndGradients, Model, RealizedLayer, TrainOptions } from "./model.js";
export { isBeforeFirstStep, optimizerSlots, optimizerStateShapes } from "./optimizer-state.js";
export { checkStep, checkTrainingState } from "./training-checks.js";
export type { Evaluation, Metrics, StepOptions, TrainingSession, TrainingState } from "./training-session.js";
