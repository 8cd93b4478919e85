import { constants, type Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isatty } from "node:tty";
import { FileError, isSystemError, systemReason } from "./errors.js";
import { type FileSystem, realFileSystem } from "./file-system.js";

export interface ReadOptions {
  /** More is refused. Units: bytes; `SIZE_LIMITS` has one for each kind of file. */
  readonly maxBytes: number;
  /**
   * Whether anything but a regular file is refused, as for what lies in a run or data folder. Otherwise, for a file
   * that a user names, a pipe or a terminal is read too; a device never is.
   */
  readonly regularOnly?: boolean;
  readonly files?: FileSystem;
  readonly signal?: AbortSignal;
}

/** Units: bytes. */
const CHUNK_BYTES = 1 << 20;
/** Node refuses to read 2 GiB at once. */
const MAX_READ_BYTES = 1 << 30;
const RETRY_MS = 20;

/** A file that is open for reading, from its beginning to its end. */
export interface OpenFile {
  /** What a regular file has; `undefined` for a pipe, and for the files of /proc. Units: bytes. */
  readonly sizeBytes: number | undefined;
  /**
   * The next bytes: as many as are asked for, fewer only at the end.
   *
   * @throws `FileError` as soon as there have been more than `maxBytes` in all
   */
  readonly read: (sizeBytes: number) => Promise<Buffer>;
}

/**
 * Reads a file into memory, never more of it than its kind may have.
 *
 * @param path - of the file
 * @returns its bytes
 * @throws `FileError`; the signal's reason when aborted
 */
export async function readFileBounded(path: string, options: ReadOptions): Promise<Buffer> {
  return withOpenFile(path, options, ({ read }) => read(options.maxBytes + 1));
}

/**
 * Opens a file whose beginning says how much is to be read, and closes it again.
 *
 * @param use - reads; what it throws is passed on
 * @throws `FileError`; the signal's reason when aborted
 */
export async function withOpenFile<Result>(
  path: string,
  options: ReadOptions,
  use: (file: OpenFile) => Promise<Result>,
): Promise<Result> {
  const { files = realFileSystem, signal, maxBytes } = options;
  signal?.throwIfAborted();
  try {
    // Opened first, then looked at: what is looked at is what is read. Without blocking, as a pipe without a writer,
    // or a device, would keep a thread for good, and with it the process.
    const handle = await files.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const info = await handle.stat();
      requireReadable(path, handle, info, options);
      if (info.isFile() && info.size > maxBytes) throw tooLarge(path, maxBytes, info.size);
      return await use(await openFile(path, handle, info, options));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const code = error.code === "ENOENT" ? "NIN_FILE_MISSING" : "NIN_FILE_READ";
    throw new FileError(code, path, `cannot be read: ${systemReason(error)}`, { cause: error });
  }
}

/** How a file begins, and its size. */
export interface FileBeginning {
  /** As many as were asked for, or the whole of a shorter file. */
  readonly bytes: Buffer;
  readonly sizeBytes: number;
}

/**
 * Reads the first bytes of a regular file: for a header that says how large the whole is.
 *
 * @param path - of a regular file; all else is refused
 * @param count - how many bytes
 * @throws `FileError`
 */
export async function readBeginning(
  path: string,
  count: number,
  { files = realFileSystem }: Pick<ReadOptions, "files"> = {},
): Promise<FileBeginning> {
  const options = { maxBytes: Number.POSITIVE_INFINITY, regularOnly: true, files };
  return withOpenFile(path, options, async ({ sizeBytes, read }) => {
    const bytes = await read(count);
    return { bytes, sizeBytes: sizeBytes ?? bytes.length };
  });
}

/**
 * A file's text, as UTF-8.
 *
 * @throws as `readFileBounded`
 */
export async function readTextBounded(path: string, options: ReadOptions): Promise<string> {
  return (await readFileBounded(path, options)).toString("utf8");
}

function requireReadable(
  path: string,
  file: FileHandle,
  info: Stats,
  { regularOnly = false }: ReadOptions,
): void {
  const isPipeOrTerminal = info.isFIFO() || (info.isCharacterDevice() && isatty(file.fd));
  if (info.isFile() || (isPipeOrTerminal && !regularOnly)) return;
  throw new FileError("NIN_FILE_KIND", path, `cannot be read: expected a file, found ${kindOf(info)}`);
}

function kindOf(info: Stats): string {
  if (info.isDirectory()) return "a folder";
  if (info.isFIFO()) return "a pipe";
  return info.isSocket() ? "a socket" : "a device";
}

async function openFile(
  path: string,
  handle: FileHandle,
  info: Stats,
  { maxBytes, signal, files = realFileSystem }: ReadOptions,
): Promise<OpenFile> {
  const waits = info.isFIFO() && (await isNamedPipe(path, files));
  // Those of /proc say that they have none.
  const sizeBytes = info.isFile() && info.size > 0 ? info.size : undefined;
  let total = 0;
  const read = async (wanted: number): Promise<Buffer> => {
    // One more than a regular file has left: its end is seen without a larger buffer.
    const expected = sizeBytes === undefined ? CHUNK_BYTES : Math.max(0, sizeBytes - total) + 1;
    let buffer: Buffer = Buffer.allocUnsafe(Math.min(wanted, expected));
    let length = 0;
    while (length < wanted) {
      signal?.throwIfAborted();
      if (length === buffer.length) buffer = enlarged(buffer, Math.min(2 * length, wanted));
      const count = await readSome(handle, buffer, length);
      if (count === undefined || (count === 0 && total === 0 && waits)) {
        await delay(RETRY_MS);
        continue;
      }
      if (count === 0) break;
      length += count;
      total += count;
      if (total > maxBytes) throw tooLarge(path, maxBytes);
    }
    return buffer.subarray(0, length);
  };
  return { sizeBytes, read };
}

function enlarged(buffer: Buffer, sizeBytes: number): Buffer {
  const larger = Buffer.allocUnsafe(sizeBytes);
  buffer.copy(larger);
  return larger;
}

/** How many bytes were read, 0 at the end; undefined when there are none yet. */
async function readSome(file: FileHandle, buffer: Buffer, start: number): Promise<number | undefined> {
  try {
    return (await file.read(buffer, start, Math.min(buffer.length - start, MAX_READ_BYTES), null)).bytesRead;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  }
}

/** Whether a pipe has a name, so that its writer may still come. That of `<(command)` is there from the start. */
async function isNamedPipe(path: string, files: FileSystem): Promise<boolean> {
  const real = await files.realpath(path).catch(() => undefined);
  return real !== undefined && !real.startsWith("/dev/fd/") && !real.startsWith("/proc/");
}

function tooLarge(path: string, maxBytes: number, sizeBytes?: number): FileError {
  const found = sizeBytes === undefined ? "more" : sizeText(sizeBytes);
  return new FileError(
    "NIN_FILE_SIZE",
    path,
    `too large: expected at most ${sizeText(maxBytes)}, found ${found}`,
  );
}

function sizeText(bytes: number): string {
  const [size, unit] = bytes >= 2 ** 20 ? [bytes / 2 ** 20, "MiB"] : [bytes, "bytes"];
  return `${size.toLocaleString("en", { maximumFractionDigits: 1 })} ${unit}`;
}
