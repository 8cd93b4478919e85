import { createGunzip } from "node:zlib";
import { gunzipBeginning } from "@nin/files";
import { DataError } from "../dataset/errors.js";

const MAX_CHUNK_BYTES = 1 << 20;

/**
 * Decompresses the first bytes of a gzip file.
 *
 * @param packed - the file, or its beginning
 * @throws DataError naming the file
 */
export async function gunzipHeader(packed: Uint8Array, sizeBytes: number, file: string): Promise<Uint8Array> {
  try {
    return await gunzipBeginning(packed, sizeBytes);
  } catch (error) {
    throw damaged(error, file);
  }
}

/**
 * Decompresses a whole gzip file in chunks, so that no more of it is in memory than `take` keeps. Its CRC and length are
 * checked, and nothing may follow it.
 *
 * @param take - called with each chunk; an error that it throws ends the decompression
 * @throws DataError naming the file
 */
export async function gunzipPieces(
  packed: Uint8Array,
  file: string,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  const gunzipping = createGunzip({ chunkSize: MAX_CHUNK_BYTES });
  gunzipping.end(packed);
  try {
    for await (const piece of gunzipping as AsyncIterable<Uint8Array>) take(piece);
  } catch (error) {
    throw error instanceof DataError ? error : damaged(error, file);
  }
  // Zero bytes after the end are skipped by zlib without an error.
  const extra = packed.length - gunzipping.bytesWritten;
  if (extra !== 0) throw new DataError(file, "a whole gzip file", `${extra} more bytes after its end`);
}

function damaged(error: unknown, file: string): DataError {
  return new DataError(file, "a whole gzip file", explain(error), { cause: error });
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  switch (message) {
    case "unexpected end of file":
      return "a truncated one";
    case "incorrect data check":
      return "one whose CRC is wrong";
    case "incorrect length check":
      return "one whose length field is wrong";
    case "incorrect header check":
      return "bytes that are not gzip";
    default:
      return `a damaged one (${message})`;
  }
}
