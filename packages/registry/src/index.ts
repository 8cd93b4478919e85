export { BackendLoadError, UnknownBackendError } from "./errors.js";
export {
  type BackendEntry,
  type BackendListing,
  backendEntries,
  listBackends,
  loadBackend,
} from "./registry.js";
