/**
 * WebGPU in a page.
 *
 * @example
 * ```ts
 * import { createBrowserWebGpuBackend } from "@nin/backend-webgpu/browser";
 * import { builtinArchitecture } from "@nin/spec";
 *
 * const model = await createBrowserWebGpuBackend().compile(builtinArchitecture("nin-mnist"));
 * console.log(model.layers.length);
 * ```
 *
 * @packageDocumentation
 */
import type { Backend } from "@nin/backend";
import { createWebGpuBackend } from "./backend.js";
import { browserDevices } from "./browser-devices.js";

/**
 * WebGPU in a page or a worker of one, on the browser's own adapter.
 *
 * @example
 * import { createBrowserWebGpuBackend } from "@nin/backend-webgpu/browser";
 * import { builtinArchitecture } from "@nin/spec";
 *
 * const model = await createBrowserWebGpuBackend().compile(builtinArchitecture("nin-mnist"));
 */
export function createBrowserWebGpuBackend(): Backend {
  return createWebGpuBackend(browserDevices());
}

export { browserDevices } from "./browser-devices.js";
