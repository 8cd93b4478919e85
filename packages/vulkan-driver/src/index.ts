export type { AdapterDescription, AdapterKind, VulkanDriver } from "./adapter.js";
export { answerFromAdapter, askAdapterProcess } from "./adapter-process.js";
export { bestAdapter, type WebGpuDevice, webGpuDevice } from "./best-adapter.js";
export { type CompanionModule, companionModule, packageVersion, requireFrom } from "./bundled.js";
export { findVulkanDriver, listAdapters } from "./drivers.js";
export {
  AdapterPreparedError,
  AdapterSetupError,
  AdapterUnavailableError,
  BundledModuleError,
} from "./errors.js";
export { findsLibrary } from "./host.js";
export { type PrepareOptions, prepareSoftwareAdapter } from "./prepare.js";
export type { PreparedState } from "./prepared.js";
