/**
 * The core of the ONNX Runtime backend, which is given its runtime.
 *
 * @example
 * ```ts
 * import { createOnnxRuntimeBackend } from "@nin/backend-onnxruntime";
 * import { nodeDevices } from "@nin/backend-onnxruntime/node";
 *
 * const backend = createOnnxRuntimeBackend(nodeDevices());
 * console.log(backend.id);
 * ```
 *
 * @packageDocumentation
 */
export { createOnnxRuntimeBackend, type EngineSource } from "./backend.js";
export {
  answerRequests,
  type EngineRequest,
  type EngineResponse,
  type EngineThread,
  type EngineThreadListener,
  engineInThisThread,
} from "./runtime/engine-client.js";
export type { EnginePlatform, Exclusive, MemoryFor } from "./runtime/engine-platform.js";
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
export type { MemoryEntry, OptimizerMemory } from "./update/optimizer-memory.js";
