import { promisify } from "node:util";
import { createGunzip, gunzip } from "node:zlib";

const unpack = promisify(gunzip);

/** Data that unpack to more than they should. */
export class UnpackedSizeError extends Error {
  constructor(readonly maxBytes: number) {
    super(`unpacks to more than ${maxBytes} bytes`);
    this.name = "UnpackedSizeError";
  }
}

/**
 * Unpacks gzip, and stops as soon as there is more than expected: a small file can unpack to terabytes.
 *
 * @param maxBytes - the most that is unpacked
 * @throws `UnpackedSizeError`; zlib's own errors for what is not gzip, truncated or damaged
 */
export async function gunzipBounded(packed: Uint8Array, maxBytes: number): Promise<Buffer> {
  try {
    return await unpack(packed, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
    throw new UnpackedSizeError(maxBytes);
  }
}

/**
 * The first unpacked bytes, without unpacking the rest: for a header that says how large the whole is.
 *
 * @throws zlib's errors, as `gunzipBounded`
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
