import { readFile } from "node:fs/promises";
import { FileError, writeFileAtomic } from "@nin/files";
import { SafetensorsError } from "./errors.js";
import { parseSafetensors, type SafetensorsFile } from "./parse.js";
import { serializeSafetensors, type WritableTensor } from "./serialize.js";

/** Reads a file. Throws: `SafetensorsError`, also when it cannot be read. */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  return parseSafetensors(await readBytes(path), path);
}

/**
 * Writes a file whole or not at all, as `writeFileAtomic` of `@nin/files` does.
 *
 * Throws: `SafetensorsError`; what stood at `path` is unchanged then.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata?: ReadonlyMap<string, string>,
): Promise<void> {
  const bytes = serializeSafetensors(tensors, metadata);
  try {
    await writeFileAtomic(path, bytes);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new SafetensorsError(path === "" ? '""' : path, error.problem, { cause: error });
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new SafetensorsError(path, `cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "part of the path is not a folder",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
};

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : REASONS[code]) ?? message;
}
