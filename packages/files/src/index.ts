/**
 * Reading files within limits, and writing them whole or not at all.
 *
 * @example
 * ```ts
 * import { readFileBounded, writeFileAtomic } from "@nin/files";
 *
 * await writeFileAtomic("notes.txt", "trained for two epochs");
 * const bytes = await readFileBounded("notes.txt", { maxBytes: 1000 });
 * console.log(bytes.toString());
 * ```
 *
 * @packageDocumentation
 */
export { type CompanionModule, companionModule, packageFile, requireFrom } from "./companion-module.js";
export { type Destination, destinationOf } from "./destination.js";
export {
  BundledModuleError,
  FileError,
  type FileErrorCode,
  isSystemError,
  MissingPackageError,
  systemReason,
} from "./errors.js";
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
export { gpuName, processorName } from "./hardware-names.js";
export { findsLibrary, type Host, thisHost } from "./native-libraries.js";
export { installedVersions, missingPeer, type PeerPackage, peerObstacle } from "./peer-package.js";
export { availableParallelism, isProcessRunning, mostThreads } from "./processes.js";
export { readTextBoundedSync } from "./read-sync.js";
export {
  type FileBeginning,
  type FileKind,
  looksLikePath,
  type OpenFile,
  type ReadOptions,
  readBeginning,
  readFileBounded,
  readJsonFile,
  readTextBounded,
  SIZE_LIMITS,
  withOpenFile,
} from "./reading.js";
export { type CacheSurroundings, userCacheFolder } from "./user-cache.js";
export {
  checkWritable,
  removeTemporaries,
  type WriteOptions,
  writeFileAtomic,
  writeFilesAtomic,
} from "./write-file-atomic.js";
