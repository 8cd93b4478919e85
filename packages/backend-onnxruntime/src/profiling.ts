/**
 * For measurements of the backend itself: its programs in the calling thread, ONNX Runtime's profiles of them, the formulations of a convolution one by one, and the memory of its programs by formula. It follows the backend's insides from version to version.
 *
 * @example
 * ```ts
 * import { chooseFormulation, cpuMicroBatch } from "@nin/backend-onnxruntime/profiling";
 * import { builtinArchitecture } from "@nin/spec";
 *
 * const microBatchSize = cpuMicroBatch(builtinArchitecture("nin"), 128);
 * const shape = { microBatchSize, height: 26, width: 26, channels: 96, outChannels: 256 };
 * console.log(chooseFormulation({ ...shape, kernelSize: [5, 5], stride: [1, 1], padding: [2, 2] }));
 * ```
 *
 * @packageDocumentation
 */
export {
  type BatchMemory,
  type BatchOptions,
  inferenceMemory,
  type TrainingMemory,
  trainingMemory,
} from "./profiling/batch-memory.js";
export {
  type ConvolutionShape,
  chooseFormulation,
  cpuMicroBatch,
  type FormulationChoice,
  matmulOnDevice,
  type PreparedProgram,
  prepareConvolution,
  prepareMatmul,
} from "./profiling/convolution-times.js";
export {
  type CheckedBatch,
  type DeviceId,
  DirectEngine,
  type DirectOptions,
  type DirectSettings,
  type DirectTrainer,
  type DirectTrainingOptions,
  deviceTraits,
  platformOf,
  type WholeBatch,
} from "./profiling/direct-engine.js";
export type { ProgramMemory } from "./profiling/live-memory.js";
export { type ProfiledKernel, readProfiles } from "./profiling/profile.js";
export { type StepWork, stepWork } from "./runtime/device-traits.js";
