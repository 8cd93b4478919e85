import {
  FileError,
  type FileKind,
  type FileSystem,
  readFileBounded,
  SIZE_LIMITS,
  writeFileAtomic,
} from "@nin/files";
import { RunError } from "./errors.js";

/**
 * A file of a run folder: a regular one, no larger than its kind may be.
 *
 * Throws: `RunError` (`NIN_RUN_READ`).
 */
export async function bytesOf(files: FileSystem, path: string, kind: FileKind): Promise<Buffer> {
  try {
    return await readFileBounded(path, { files, maxBytes: SIZE_LIMITS[kind], regularOnly: true });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new RunError("NIN_RUN_READ", path, error.problem, { cause: error });
  }
}

/** The same as text; undefined when it is not there. Throws: as `bytesOf`. */
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

/** Replaces a file of a run folder by one step that happens wholly or not at all, also when the power fails. */
export function replaceFile(files: FileSystem, path: string, content: string): Promise<void> {
  return writeFileAtomic(path, content, { files, regularOnly: true });
}
