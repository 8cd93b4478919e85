export type { AdapterDescription, AdapterKind, VulkanDriver } from "./adapter.js";
export { answerFromAdapter, askAdapterProcess } from "./adapter-process.js";
export { bestAdapter, findVulkanDriver, listAdapters, webGpuDevice } from "./drivers.js";
export { AdapterPreparedError, AdapterSetupError, AdapterUnavailableError } from "./errors.js";
export { type PrepareOptions, prepareSoftwareAdapter } from "./prepare.js";
export type { PreparedState } from "./prepared.js";
