import { isUtf8 } from "node:buffer";
import { constants, type Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isatty } from "node:tty";
import { parseJson } from "@nin/spec";
import { FileError, isSystemError, systemReason } from "./errors.js";
import { type FileSystem, realFileSystem } from "./file-system.js";

export interface ReadOptions {
  /** A larger file is refused. Units: bytes; `SIZE_LIMITS` has one for each kind of file. */
  readonly maxBytes: number;
  /**
   * Whether only a regular file is read, as in a run or data folder. Otherwise a pipe or a terminal is read too, as for a
   * file that a user names; a device never is.
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

/** A file that is open for sequential reading. */
export interface OpenFile {
  /** The size of a regular file; `undefined` for a pipe and for the files of /proc. Units: bytes. */
  readonly sizeBytes: number | undefined;
  /**
   * Reads the next bytes: as many as requested, fewer only at the end.
   *
   * @throws FileError as soon as more than `maxBytes` have been read in total
   */
  readonly read: (sizeBytes: number) => Promise<Buffer>;
}

/**
 * Reads a file into memory, up to a limit of its size.
 *
 * @throws FileError
 * @throws the signal's reason when it aborts
 *
 * @example
 * ```ts
 * const bytes = await readFileBounded("state.bin", { maxBytes: SIZE_LIMITS.record });
 * ```
 */
export async function readFileBounded(path: string, options: ReadOptions): Promise<Buffer> {
  return withOpenFile(path, options, ({ read }) => read(options.maxBytes + 1));
}

/**
 * Opens a file, for example one whose beginning says how much to read, and closes it after use.
 *
 * @param use - reads from the file; its errors are passed on
 * @throws FileError
 * @throws the signal's reason when it aborts
 */
export async function withOpenFile<Result>(
  path: string,
  options: ReadOptions,
  use: (file: OpenFile) => Promise<Result>,
): Promise<Result> {
  const { files = realFileSystem, signal, maxBytes } = options;
  signal?.throwIfAborted();
  try {
    // Opened first, then inspected, so that what is inspected is what is read. Without blocking, as a pipe without a
    // writer, or a device, would block a thread forever, and with it the process.
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

/** The beginning of a file, and its size. */
export interface FileBeginning {
  /** As many bytes as requested, or a shorter file as a whole. */
  readonly bytes: Buffer;
  readonly sizeBytes: number;
}

/**
 * Reads the first bytes of a regular file: for a header that says how large the whole is.
 *
 * @param count - the number of bytes
 * @throws FileError, also for anything but a regular file
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

/** Reads a file as UTF-8 text. Throws as `readFileBounded` does. */
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
  // The files of /proc report a size of 0.
  const sizeBytes = info.isFile() && info.size > 0 ? info.size : undefined;
  let total = 0;
  const read = async (wanted: number): Promise<Buffer> => {
    // One byte more than a regular file has left, so that its end is seen without a larger buffer.
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

/** The number of bytes read; 0 at the end, `undefined` when none are available yet. */
async function readSome(file: FileHandle, buffer: Buffer, start: number): Promise<number | undefined> {
  try {
    return (await file.read(buffer, start, Math.min(buffer.length - start, MAX_READ_BYTES), null)).bytesRead;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  }
}

/** Whether a pipe has a name, so that its writer may not have opened it yet. That of `<(command)` is open from the start. */
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

const MIB = 2 ** 20;

/** The largest size of each kind of file: far above any real one, far below a machine's memory. Units: bytes. */
export const SIZE_LIMITS = {
  /** JSON that a person writes: an architecture, a recipe, a study. */
  settings: 16 * MIB,
  /** JSON that this project writes: a saved conformance run, a benchmark's result, a run's configuration. */
  record: 64 * MIB,
  /** `metrics.jsonl`. */
  metrics: 512 * MIB,
  /** Weights and optimizer state. */
  tensors: 2048 * MIB,
  /** A file of a data set, compressed or not. */
  dataset: 2048 * MIB,
} as const;

/** A kind of file that has a size limit. */
export type FileKind = keyof typeof SIZE_LIMITS;

/**
 * Reads and parses a JSON file, up to a limit of its size.
 *
 * @param path - a file that a user names; a pipe is read too
 * @returns the value, unchecked
 * @throws FileError when it cannot be read
 * @throws JsonError with line and column when it is not JSON
 *
 * @example
 * ```ts
 * const architecture = parseArchitecture(await readJsonFile("my-network.json"));
 * ```
 */
export async function readJsonFile(path: string, options: Partial<ReadOptions> = {}): Promise<unknown> {
  const bytes = await readFileBounded(path, { maxBytes: SIZE_LIMITS.settings, ...options });
  if (!isUtf8(bytes))
    throw new FileError("NIN_FILE_READ", path, "expected JSON, which is UTF-8; found bytes that are not");
  return parseJson(bytes.toString("utf8"), path);
}

/**
 * Whether a word that names a network or a recipe is meant as the path of a JSON file, rather than as the name of one that
 * is built in: it has a slash or a backslash, or ends in `.json`.
 *
 * @example
 * ```ts
 * const named = looksLikePath("./nin") ? await readJsonFile("./nin") : builtinArchitecture("nin");
 * ```
 */
export function looksLikePath(text: string): boolean {
  return text.includes("/") || text.includes("\\") || text.endsWith(".json");
}
