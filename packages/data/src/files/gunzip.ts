import { buffer } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { DataError } from "../errors.js";

/**
 * Unpacks a whole gzip file; its CRC and length are checked, and nothing may follow it.
 *
 * Throws: `DataError` naming the file.
 */
export async function gunzip(packed: Uint8Array, file: string): Promise<Uint8Array> {
  const gunzipping = createGunzip();
  gunzipping.end(packed);
  const bytes = await buffer(gunzipping).catch((error: unknown) => {
    throw new DataError(file, "a whole gzip file", explain(error), { cause: error });
  });
  // Zero bytes after the end are skipped without an error.
  const extra = packed.length - gunzipping.bytesWritten;
  if (extra !== 0) throw new DataError(file, "a whole gzip file", `${extra} more bytes after its end`);
  return bytes;
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
