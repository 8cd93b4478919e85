/**
 * Every backend by its name, loaded when it is asked for.
 *
 * @example
 * ```ts
 * import { listBackends } from "@nin/registry";
 *
 * for (const { backend, devices } of await listBackends()) {
 *   const usable = devices.filter(({ available }) => available);
 *   console.log(backend, usable.map(({ id }) => id));
 * }
 * ```
 *
 * @packageDocumentation
 */
export {
  type BackendEntry,
  type BackendListing,
  BackendLoadError,
  type BackendTuning,
  backendEntries,
  listBackends,
  listTuning,
  loadBackend,
  UnknownBackendError,
} from "./registry.js";
