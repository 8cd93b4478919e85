/**
 * For measurements of the backend itself: its programs in the calling thread, ONNX Runtime's profiles of them, and the
 * formulations of a convolution one by one. What is here follows the backend's insides from version to version.
 */
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
  type WholeBatch,
} from "./profiling/direct-engine.js";
export { type ProfiledKernel, readProfiles } from "./profiling/profile.js";
