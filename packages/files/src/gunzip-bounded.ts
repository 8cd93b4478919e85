import { promisify } from "node:util";
import { createGunzip, gunzip } from "node:zlib";

const decompress = promisify(gunzip);

/** Compressed data is larger than expected. */
export class UnpackedSizeError extends Error {
  constructor(readonly maxBytes: number) {
    super(`unpacks to more than ${maxBytes} bytes`);
    this.name = "UnpackedSizeError";
  }
}

/**
 * Decompresses gzip data, and stops when it is larger than expected: a small file can expand to terabytes.
 *
 * @param maxBytes - the largest size to decompress to
 * @throws UnpackedSizeError
 * @throws errors of zlib for data that is not gzip, truncated or damaged
 */
export async function gunzipBounded(packed: Uint8Array, maxBytes: number): Promise<Buffer> {
  try {
    return await decompress(packed, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
    throw new UnpackedSizeError(maxBytes);
  }
}

/**
 * Decompresses the first bytes only: for a header that says how large the whole is.
 *
 * @throws errors of zlib, as `gunzipBounded`
 */
export async function gunzipBeginning(packed: Uint8Array, sizeBytes: number): Promise<Buffer> {
  const stream = createGunzip({ chunkSize: Math.max(64, sizeBytes) });
  stream.end(packed);
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    total += chunk.length;
    if (total >= sizeBytes) break;
  }
  return Buffer.concat(chunks, Math.min(total, sizeBytes));
}
