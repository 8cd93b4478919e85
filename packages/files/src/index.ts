export { availableParallelism, mostThreads } from "./available-parallelism.js";
export { type Destination, destinationOf } from "./destination.js";
export { FileError, type FileErrorCode, isSystemError, systemReason } from "./errors.js";
export {
  type FileSystem,
  makeFolders,
  namesIn,
  realFileSystem,
  syncFolder,
  writeSynced,
} from "./file-system.js";
export { checkFolderWritable, type FolderCheckOptions, writeFolderAtomic } from "./folder-output.js";
export { gunzipBeginning, gunzipBounded, UnpackedSizeError } from "./gunzip-bounded.js";
export { isProcessRunning } from "./is-process-running.js";
export {
  type FileBeginning,
  type OpenFile,
  type ReadOptions,
  readBeginning,
  readFileBounded,
  readTextBounded,
  withOpenFile,
} from "./read-file-bounded.js";
export { readJsonFile } from "./read-json.js";
export { readTextBoundedSync } from "./read-sync.js";
export { type FileKind, SIZE_LIMITS } from "./size-limits.js";
export {
  checkWritable,
  removeTemporaries,
  type WriteOptions,
  writeFileAtomic,
  writeFilesAtomic,
} from "./write-file-atomic.js";
