import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { FileError, type OpenFile, SIZE_LIMITS, withOpenFile } from "@nin/files";
import { SafetensorsError } from "./errors.js";
import { checkLayout } from "./header.js";
import { headerLength, LENGTH_BYTES, parseHeader, placeTensors, type SafetensorsFile } from "./parse.js";
import { serializeSafetensors, type WritableTensor } from "./serialize.js";

/**
 * Reads a file, or a pipe, of at most 2 GiB: its header first, then what that promises.
 *
 * Throws: `SafetensorsError`, also when it cannot be read.
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  try {
    return await withOpenFile(path, { maxBytes: SIZE_LIMITS.tensors }, (file) => readParts(path, file));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new SafetensorsError(path, error.problem, { cause: error });
  }
}

async function readParts(
  path: string,
  { sizeBytes = Number.POSITIVE_INFINITY, read }: OpenFile,
): Promise<SafetensorsFile> {
  const headerBytes = headerLength(await read(LENGTH_BYTES), sizeBytes, path);
  const bytes = await read(headerBytes);
  if (bytes.length < headerBytes) {
    throw new SafetensorsError(
      path,
      `not a whole safetensors file: its header claims ${headerBytes} bytes, ${bytes.length} follow`,
    );
  }
  const header = parseHeader(bytes, path);
  const promised = header.entries.reduce((most, { end }) => Math.max(most, end), 0);
  // Before anything is read: of a pipe it is not yet known how much there is.
  const available = sizeBytes - LENGTH_BYTES - headerBytes;
  checkLayout(header.entries, Number.isFinite(available) ? available : promised, path);
  // One more than promised, to see that nothing follows.
  return placeTensors(header, await read(promised + 1), path);
}

/**
 * Writes a file whole or not at all: under a temporary name beside it, synced, then renamed.
 *
 * Throws: `SafetensorsError`; what stood at `path` is unchanged then.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata?: ReadonlyMap<string, string>,
): Promise<void> {
  const bytes = serializeSafetensors(tensors, metadata);
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    await writeSynced(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new SafetensorsError(path, `cannot be written: ${reasonOf(error)}`, { cause: error });
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
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
