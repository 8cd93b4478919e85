/**
 * The safetensors format, in files.
 *
 * @example
 * ```ts
 * import { floatTensors } from "@nin/safetensors";
 * import { readSafetensors, writeSafetensors } from "@nin/safetensors/node";
 *
 * await writeSafetensors("weights.safetensors", new Map([["bias", { shape: [2], data: Float32Array.of(0, 1) }]]));
 * const weights = floatTensors(await readSafetensors("weights.safetensors"));
 * console.log(weights.get("bias"));
 * ```
 *
 * @packageDocumentation
 */
import { FileError, type OpenFile, SIZE_LIMITS, withOpenFile, writeFileAtomic } from "@nin/files";
import { SafetensorsError } from "./errors.js";
import { INSPECTED_BYTES } from "./file-kind.js";
import { checkLayout } from "./header.js";
import {
  canBeSafetensors,
  headerLength,
  LENGTH_BYTES,
  parseHeader,
  placeTensors,
  type SafetensorsFile,
} from "./parse.js";
import { serializeSafetensors, type WritableTensor } from "./serialize.js";

/**
 * Reads a file, or a pipe, of at most 2 GiB: its header first, then as much data as that implies.
 *
 * @throws SafetensorsError, also when the file cannot be read
 *
 * @example
 * ```ts
 * const parameters = floatTensors(await readSafetensors("weights.safetensors"));
 * ```
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
  let beginning = await read(LENGTH_BYTES);
  // Of a file of another kind more is read, to recognise it.
  if (!canBeSafetensors(beginning, sizeBytes))
    beginning = Buffer.concat([beginning, await read(INSPECTED_BYTES)]);
  const headerBytes = headerLength(beginning, sizeBytes, path);
  const bytes = await read(headerBytes);
  if (bytes.length < headerBytes) {
    throw new SafetensorsError(
      path,
      `not a whole safetensors file: its header claims ${headerBytes} bytes, ${bytes.length} follow`,
    );
  }
  const header = parseHeader(bytes, path);
  const promised = header.entries.reduce((most, { end }) => Math.max(most, end), 0);
  // Checked before the data is read; the size of a pipe is not known yet.
  const available = sizeBytes - LENGTH_BYTES - headerBytes;
  checkLayout(header.entries, Number.isFinite(available) ? available : promised, path);
  // One byte more than promised, to see that nothing follows.
  return placeTensors(header, await read(promised + 1), path);
}

/**
 * Writes a file atomically, as `writeFileAtomic` of `@nin/files` does.
 *
 * @throws SafetensorsError; an existing file is unchanged then
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
