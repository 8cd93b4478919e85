export { BackendLoadError, UnknownBackendError } from "./errors.js";
export {
  type BackendEntry,
  type BackendListing,
  type BackendTuning,
  backendEntries,
  listBackends,
  listTuning,
  loadBackend,
} from "./registry.js";
