/**
 * ONNX Runtime in Node.
 *
 * @example
 * ```ts
 * import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
 * import { builtinArchitecture } from "@nin/spec";
 *
 * const model = await createNodeOnnxRuntimeBackend().compile(builtinArchitecture("nin-mnist"));
 * console.log(model.layers.length);
 * ```
 *
 * @packageDocumentation
 */
import type { Backend } from "@nin/backend";
import { createOnnxRuntimeBackend } from "./backend.js";
import { nodeDevices } from "./node/node-devices.js";

/**
 * NiN on stock ONNX Runtime in Node: devices `cpu`, `webgpu`, `cuda`. It needs the package `onnxruntime-node`, and for
 * `webgpu` also `@nin/vulkan-driver`.
 *
 * @example
 * import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
 * import { builtinArchitecture } from "@nin/spec";
 *
 * const model = await createNodeOnnxRuntimeBackend().compile(builtinArchitecture("nin-mnist"));
 */
export function createNodeOnnxRuntimeBackend(): Backend {
  return createOnnxRuntimeBackend(nodeDevices());
}

export { nodeDevices } from "./node/node-devices.js";
export { disableTelemetry } from "./node/telemetry.js";
