import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Destination, destinationOf } from "./destination.js";
import { FileError, isSystemError, systemReason } from "./errors.js";
import { type FileSystem, namesIn, realFileSystem, syncFolder } from "./file-system.js";

export interface WriteOptions {
  readonly files?: FileSystem;
  /** Whether anything but a regular file is refused, as for what lies in a run folder. */
  readonly regularOnly?: boolean;
  /** Ends waiting for the reader of a pipe. */
  readonly signal?: AbortSignal;
}

/** Short, so that it fits wherever the file's own name does. */
const TEMPORARY = /^\.nin-[0-9a-f]{12}\.part$/;
const RETRY_MS = 20;

/**
 * Writes a file whole or not at all: under a temporary name in the same folder, synced, then renamed over what is
 * there, whose mode and owner it keeps. A symbolic link stays and what it points to is replaced. A pipe, a terminal or
 * a device such as `/dev/null` is written to as it is.
 *
 * @param path - a file in a folder that exists
 * @throws `FileError` (`NIN_FILE_KIND`, `NIN_FILE_WRITE`); a regular file is unchanged then
 *
 * @example
 * ```ts
 * await writeFileAtomic("weights.safetensors", bytes);
 * ```
 */
export async function writeFileAtomic(
  path: string,
  content: Uint8Array | string,
  { files = realFileSystem, signal, regularOnly = false }: WriteOptions = {},
): Promise<void> {
  const destination = await destinationOf(files, path);
  if (regularOnly && destination.kind === "stream") {
    throw new FileError(
      "NIN_FILE_KIND",
      path,
      "cannot be written: expected a file, found a pipe or a device",
    );
  }
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  await writing(path, () =>
    destination.kind === "file" ? replace(files, destination, bytes) : send(files, path, bytes, signal),
  );
}

/**
 * Finds out whether `writeFileAtomic` could write a file, before the work begins whose result it is. Nothing is changed.
 *
 * @throws `FileError` as `writeFileAtomic`
 */
export async function checkWritable(
  path: string,
  { files = realFileSystem }: Pick<WriteOptions, "files"> = {},
): Promise<void> {
  const destination = await destinationOf(files, path);
  await writing(path, async () => {
    if (destination.kind === "stream") return files.access(path, constants.W_OK);
    const { temporary, file } = await createTemporary(files, destination);
    await file.close().finally(() => files.rm(temporary, { force: true }));
  });
}

/** Removes what a process that was killed while it wrote has left in a folder. Only for a folder in which nobody writes. */
export async function removeTemporaries(files: FileSystem, folder: string): Promise<void> {
  for (const name of await namesIn(files, folder)) {
    if (TEMPORARY.test(name)) await files.rm(join(folder, name), { force: true });
  }
}

type RegularFile = Destination & { readonly kind: "file" };

async function replace(files: FileSystem, destination: RegularFile, bytes: Uint8Array): Promise<void> {
  const { temporary, file } = await createTemporary(files, destination);
  try {
    try {
      await file.writeFile(bytes);
      await keepOwnerAndMode(file, destination);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(temporary, destination.path);
  } catch (error) {
    // What went wrong is reported, not that the rest could not be removed either.
    await files.rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(files, dirname(destination.path));
}

async function createTemporary(
  files: FileSystem,
  { path, existing }: RegularFile,
): Promise<{ readonly temporary: string; readonly file: FileHandle }> {
  // A rename asks for no right to the file it replaces.
  if (existing !== undefined) await files.access(path, constants.W_OK);
  const temporary = join(dirname(path), `.nin-${randomBytes(6).toString("hex")}.part`);
  return { temporary, file: await files.open(temporary, "wx", existing === undefined ? 0o666 : 0o600) };
}

async function keepOwnerAndMode(file: FileHandle, { existing }: RegularFile): Promise<void> {
  if (existing === undefined || process.platform === "win32") return;
  const { uid, gid } = await file.stat();
  // Only root may give a file away; for others it becomes theirs, as with any editor.
  if (uid !== existing.uid || gid !== existing.gid)
    await file.chown(existing.uid, existing.gid).catch(() => {});
  await file.chmod(existing.mode);
}

/** Without blocking: a thread that waits for the reader of a pipe would keep the process from ending. */
async function send(
  files: FileSystem,
  path: string,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { O_WRONLY, O_APPEND, O_NONBLOCK } = constants;
  const retry = async <Result>(code: string, work: () => Promise<Result>): Promise<Result> => {
    for (;;) {
      signal?.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== code) throw error;
        await delay(RETRY_MS);
      }
    }
  };
  const isPipe = (await files.stat(path)).isFIFO();
  const open = () => files.open(path, O_WRONLY | O_APPEND | O_NONBLOCK);
  const file = isPipe ? await retry("ENXIO", open) : await open();
  try {
    for (let sent = 0; sent < bytes.length; ) {
      const { bytesWritten } = await retry("EAGAIN", () =>
        file.write(bytes, sent, bytes.length - sent, null),
      );
      sent += bytesWritten;
    }
  } finally {
    await file.close();
  }
}

async function writing(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new FileError("NIN_FILE_WRITE", path, `cannot be written: ${systemReason(error)}`, {
      cause: error,
    });
  }
}
