export { availableParallelism, mostThreads } from "./available-parallelism.js";
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
export { type ReadOptions, readFileBounded, readTextBounded } from "./read-file-bounded.js";
export { readJsonFile } from "./read-json.js";
export { type FileKind, SIZE_LIMITS } from "./size-limits.js";
export { checkWritable, removeTemporaries, type WriteOptions, writeFileAtomic } from "./write-file-atomic.js";
