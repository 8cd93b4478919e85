/**
 * WebGPU in Node.
 *
 * @example
 * ```ts
 * import { createNodeWebGpuBackend } from "@nin/backend-webgpu/node";
 *
 * const devices = await createNodeWebGpuBackend().devices();
 * console.log(devices.map(({ id, available }) => `${id}: ${available}`));
 * ```
 *
 * @packageDocumentation
 */
import type { Backend } from "@nin/backend";
import { createWebGpuBackend } from "./backend.js";
import { nodeDevices } from "./node-devices.js";

/**
 * WebGPU in Node, on this machine's adapters: devices `gpu`, `lavapipe`, `swiftshader`. It needs the packages `webgpu`
 * (Dawn) and `@nin/vulkan-driver`.
 *
 * @example
 * import { createNodeWebGpuBackend } from "@nin/backend-webgpu/node";
 * import { builtinArchitecture } from "@nin/spec";
 *
 * const model = await createNodeWebGpuBackend().compile(builtinArchitecture("nin-mnist"));
 */
export function createNodeWebGpuBackend(): Backend {
  return createWebGpuBackend(nodeDevices());
}

export { nodeDevices } from "./node-devices.js";
