export type {
  Backend,
  BackendCapabilities,
  CompileOptions,
  Device,
  DeviceDetail,
  DeviceListOptions,
  ExpectedFailure,
  ImageFormat,
  Precision,
  TunedLayer,
} from "./contract/backend.js";
export type {
  Batch,
  Dataset,
  ImageBatch,
  IndexBatch,
  InputBatch,
  LabelledBatch,
  Labels,
  TrainingBatch,
} from "./contract/batch.js";
export { CallQueue } from "./shell/call-queue.js";
export {
  type BatchLimits,
  batchLimits,
  checkBatch,
  checkDataset,
  checkIndices,
  checkLabels,
  checkParameters,
} from "./checks/batch-checks.js";
export {
  type CompileLimits,
  checkCompileOptions,
  chooseDevice,
  DEFAULT_MAX_BATCH,
} from "./checks/compile-checks.js";
export {
  type CrossEntropy,
  crossEntropy,
  firstLargest,
  type Scores,
  writeCrossEntropyGradient,
} from "./loss/cross-entropy.js";
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
} from "./contract/errors.js";
export { Memo } from "./memo.js";
export type { LossAndGradients, Model, RealizedLayer, TrainOptions } from "./contract/model.js";
export { isBeforeFirstStep, optimizerSlots, optimizerStateShapes } from "./checks/optimizer-state.js";
export { checkStep, checkTrainingState } from "./checks/training-checks.js";
export type { Evaluation, Metrics, StepOptions, TrainingSession, TrainingState } from "./contract/training-session.js";
