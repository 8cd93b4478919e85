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
