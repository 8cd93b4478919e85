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
export { availableParallelism, isProcessRunning, mostThreads } from "./processes.js";
export { readTextBoundedSync } from "./read-sync.js";
export {
  type FileBeginning,
  type FileKind,
  type OpenFile,
  type ReadOptions,
  readBeginning,
  readFileBounded,
  readJsonFile,
  readTextBounded,
  SIZE_LIMITS,
  withOpenFile,
} from "./reading.js";
export {
  checkWritable,
  removeTemporaries,
  type WriteOptions,
  writeFileAtomic,
  writeFilesAtomic,
} from "./write-file-atomic.js";
