import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { isSystemError, systemReason } from "@nin/files";
import { DataError } from "./errors.js";

const CHUNK_BYTES = 2 ** 20;

/** Where records lie in a file. */
export interface RecordLayout {
  /** What comes before the first. Units: bytes. */
  readonly headerBytes: number;
  readonly recordBytes: number;
  readonly count: number;
  /** Whether the file is compressed with gzip. */
  readonly isPacked?: boolean;
}

/**
 * The records of a file, one after another; each is the caller's own.
 *
 * @throws DataError when the file cannot be read or is shorter or, if it is compressed, longer
 * @throws the signal's reason when it aborts
 */
export async function* fileRecords(
  file: string,
  { headerBytes, recordBytes, count, isPacked = false }: RecordLayout,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  await requireFile(file);
  let [skipped, filled, yielded] = [0, 0, 0];
  let record = new Uint8Array(recordBytes);
  for await (const chunk of chunksOf(file, isPacked, signal)) {
    let start = Math.min(chunk.length, headerBytes - skipped);
    skipped += start;
    while (start < chunk.length) {
      if (yielded === count)
        throw new DataError(file, `${count} records of ${recordBytes} bytes`, "more bytes");
      const piece = chunk.subarray(start, start + recordBytes - filled);
      record.set(piece, filled);
      filled += piece.length;
      start += piece.length;
      if (filled < recordBytes) continue;
      yield record;
      yielded += 1;
      filled = 0;
      record = new Uint8Array(recordBytes);
    }
  }
  if (yielded === count && filled === 0) return;
  const found = `${yielded} and ${filled} bytes`;
  throw new DataError(file, `${count} records of ${recordBytes} bytes`, found);
}

/** The SHA-256 of files, one after another. Units: hexadecimal. */
export async function filesHash(files: readonly string[], signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    const one = createHash("sha256");
    await requireFile(file);
    for await (const chunk of chunksOf(file, false, signal)) one.update(chunk);
    hash.update(one.digest());
  }
  return hash.digest("hex");
}

/** @throws DataError unless there is a regular file, not a pipe, which would block */
export async function requireFile(file: string): Promise<Stats> {
  try {
    const info = await stat(file);
    if (info.isFile()) return info;
  } catch (error) {
    throw unreadable(file, error);
  }
  throw new DataError(file, "a file", "something else of that name");
}

/** The bytes of a file, unpacked. */
async function* chunksOf(
  file: string,
  isPacked: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  const reading = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  const stream = isPacked ? pipeline(reading, createGunzip({ chunkSize: CHUNK_BYTES }), () => {}) : reading;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      signal?.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof DataError ? error : unreadable(file, error);
  } finally {
    reading.destroy();
  }
}

function unreadable(file: string, error: unknown): DataError {
  const { code } = error as { readonly code?: unknown };
  if (typeof code === "string" && code.startsWith("Z_"))
    return new DataError(file, "a whole gzip file", `a damaged one (${systemReason(error)})`, {
      cause: error,
    });
  if (!isSystemError(error)) throw error;
  const missing = error.code === "ENOENT" ? ({ code: "NIN_DATA_MISSING" } as const) : {};
  return new DataError(file, "a readable file", `one that cannot be read: ${systemReason(error)}`, {
    ...missing,
    cause: error,
  });
}
