export { FileError, type FileErrorCode, isSystemError, systemReason } from "./errors.js";
export {
  type FileSystem,
  makeFolders,
  namesIn,
  realFileSystem,
  syncFolder,
  writeSynced,
} from "./file-system.js";
export { gunzipBeginning, gunzipBounded, UnpackedSizeError } from "./gunzip-bounded.js";
export {
  type OpenFile,
  type ReadOptions,
  readFileBounded,
  readTextBounded,
  withOpenFile,
} from "./read-file-bounded.js";
export { readJsonFile } from "./read-json.js";
export { readTextBoundedSync } from "./read-sync.js";
export { type FileKind, SIZE_LIMITS } from "./size-limits.js";
export { checkWritable, removeTemporaries, type WriteOptions, writeFileAtomic } from "./write-file-atomic.js";
