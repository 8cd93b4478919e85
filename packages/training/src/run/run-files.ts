import {
  FileError,
  type FileKind,
  type FileSystem,
  readFileBounded,
  SIZE_LIMITS,
  writeFileAtomic,
} from "@nin/files";
import { RunError } from "../record/run-error.js";

/**
 * Reads a file of a run folder, which must be a regular file and no larger than its kind allows.
 *
 * @throws RunError (`NIN_RUN_READ`)
 */
export async function bytesOf(files: FileSystem, path: string, kind: FileKind): Promise<Buffer> {
  try {
    return await readFileBounded(path, { files, maxBytes: SIZE_LIMITS[kind], regularOnly: true });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new RunError("NIN_RUN_READ", path, error.problem, { cause: error });
  }
}

/** The same as text; `undefined` when there is no such file. Throws as `bytesOf` does. */
export async function textOf(
  files: FileSystem,
  path: string,
  kind: FileKind = "record",
): Promise<string | undefined> {
  try {
    return (await bytesOf(files, path, kind)).toString("utf8");
  } catch (error) {
    if (error instanceof RunError && (error.cause as FileError).code === "NIN_FILE_MISSING") return undefined;
    throw error;
  }
}

/**
 * Replaces a file of a run folder atomically, also when the power fails.
 *
 * @param requireLock - called right before the file takes its place; throws when this process must no longer write
 */
export function replaceFile(
  files: FileSystem,
  path: string,
  content: string,
  requireLock: () => Promise<void>,
): Promise<void> {
  return writeFileAtomic(path, content, { files, regularOnly: true, beforeRename: requireLock });
}
