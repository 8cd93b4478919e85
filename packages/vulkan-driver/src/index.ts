/**
 * Vulkan drivers for WebGPU in Node, installed or brought along.
 *
 * @example
 * ```ts
 * import { listAdapters } from "@nin/vulkan-driver";
 *
 * console.log(listAdapters().filter(({ available }) => available).map(({ id }) => id));
 * ```
 *
 * @packageDocumentation
 */
export type { AdapterDescription, AdapterKind, VulkanDriver } from "./adapter.js";
export { answerFromAdapter, askAdapterProcess } from "./adapter-process.js";
export { bestAdapter, findVulkanDriver, listAdapters, webGpuDevice } from "./drivers.js";
export { AdapterPreparedError, AdapterSetupError, AdapterUnavailableError } from "./errors.js";
export { type PrepareOptions, prepareSoftwareAdapter } from "./prepare.js";
export type { PreparedState } from "./prepared.js";
