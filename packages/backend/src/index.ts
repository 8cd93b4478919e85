/**
 * The contract of a backend, and what all implementations of it share.
 *
 * @example
 * ```ts
 * import type { Backend, Model } from "@nin/backend";
 * import { builtinArchitecture } from "@nin/spec";
 *
 * export function compileNin(backend: Backend): Promise<Model> {
 *   return backend.compile(builtinArchitecture("nin"), { maxBatch: 32 });
 * }
 * ```
 *
 * @packageDocumentation
 */
export { type Checked, checkParameters } from "./checks/batch-checks.js";
export {
  type CompileLimits,
  checkCompileOptions,
  chooseDevice,
  DEFAULT_MAX_BATCH,
} from "./checks/compile-checks.js";
export { isBeforeFirstStep, optimizerSlots, optimizerStateShapes } from "./checks/optimizer-state.js";
export {
  type AdapterInfo,
  type AdapterSource,
  adapterHardware,
  adapterName,
  isSoftwareAdapter,
  NO_WEBGPU,
  requestAdapter,
} from "./checks/web-adapter.js";
export type {
  Backend,
  BackendCapabilities,
  CompileOptions,
  ConvolutionArithmetic,
  Device,
  DeviceDetail,
  DeviceListOptions,
  ExpectedFailure,
  Hardware,
  ImageFormat,
  MixedFactors,
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
export type { LossAndGradients, Model, RealizedLayer, TrainOptions } from "./contract/model.js";
export type {
  Evaluation,
  Metrics,
  StepOptions,
  TrainingSession,
  TrainingState,
} from "./contract/training-session.js";
export { drawDropoutMask } from "./dropout/fill-mask.js";
export {
  type CrossEntropy,
  crossEntropy,
  firstLargest,
  type Scores,
  writeCrossEntropyGradient,
} from "./loss/cross-entropy.js";
export { Memo } from "./memo.js";
export { CallQueue } from "./shell/call-queue.js";
export type {
  Awaitable,
  Engine,
  EngineMetrics,
  EngineSession,
  EngineState,
  RealizedPrimitive,
  SessionSetup,
  StepPlace,
} from "./shell/engine.js";
export { EvaluationSums } from "./shell/evaluation-sums.js";
export { gatherBatch } from "./shell/gather-batch.js";
export { type ModelPolicy, ModelShell, modelOf } from "./shell/model-of.js";
