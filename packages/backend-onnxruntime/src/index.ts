export { createOnnxRuntimeBackend, type EngineSource } from "./backend.js";
export {
  answerRequests,
  type EngineRequest,
  type EngineResponse,
  type EngineThread,
  type EngineThreadListener,
  engineInThisThread,
} from "./runtime/engine-client.js";
export type { EnginePlatform, Exclusive } from "./runtime/engine-platform.js";
export type { MaskRequest, MaskThread, StepMasks } from "./runtime/mask-source.js";
export type {
  OnnxRuntime,
  RuntimeSession,
  RuntimeTensor,
  RuntimeTensorConstructor,
  RuntimeTensors,
  SessionOptions,
} from "./runtime/onnx-runtime.js";
export type { DeviceId, EngineOptions } from "./runtime/protocol.js";
