/**
 * The core of the WebGPU backend, which is given its devices.
 *
 * @example
 * ```ts
 * import { createWebGpuBackend } from "@nin/backend-webgpu";
 * import { browserDevices } from "@nin/backend-webgpu/browser";
 *
 * const backend = createWebGpuBackend(browserDevices());
 * console.log(backend.id);
 * ```
 *
 * @packageDocumentation
 */
export { createWebGpuBackend, type DeviceSource, type WebGpuOptions } from "./backend.js";
export type { AdapterTraits } from "./device/adapter-traits.js";
export { GpuContext } from "./device/gpu-context.js";
export { openDevice } from "./device/open-device.js";
export type { KernelChoice } from "./layers/kernel-choice.js";
export type { TunedConvolution, TuningRecord, TuningStore } from "./tuning/tuned-layer.js";
