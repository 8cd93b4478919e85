import type { Dtype } from "./dtype.js";
import { SafetensorsError } from "./errors.js";
import { foreignKind } from "./file-kind.js";
import { checkLayout, readHeader } from "./header.js";

/** A tensor as it is stored. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Little-endian, row-major. A view of the file's bytes. */
  readonly bytes: Uint8Array;
}

/** What a file holds. */
export interface SafetensorsFile {
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

const LENGTH_BYTES = 8;
/** As in the format's own implementation: a header is never so large. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads a safetensors file in memory, without copying. Nothing in it is trusted: lengths, offsets,
 * types and shapes are checked against each other and against the file's size.
 *
 * Throws: `SafetensorsError`, its message beginning with `source`.
 * Source: the format's description, huggingface.co/docs/safetensors.
 */
export function parseSafetensors(bytes: Uint8Array, source = "safetensors"): SafetensorsFile {
  const headerBytes = readHeaderLength(bytes, source);
  const data = bytes.subarray(LENGTH_BYTES + headerBytes);
  const json = decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes), source);
  const { entries, metadata } = readHeader(json, source);
  checkLayout(entries, data.length, source);
  const tensors = new Map(
    entries.map(({ name, dtype, shape, begin, end }) => [
      name,
      { dtype, shape, bytes: data.subarray(begin, end) },
    ]),
  );
  return { tensors, metadata };
}

function readHeaderLength(bytes: Uint8Array, source: string): number {
  if (bytes.length < LENGTH_BYTES) {
    throw new SafetensorsError(source, `expected at least ${LENGTH_BYTES} bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES || Number(length) > bytes.length - LENGTH_BYTES) {
    const kind = foreignKind(bytes);
    if (kind !== undefined) throw new SafetensorsError(source, `expected a safetensors file, got ${kind}`);
    const rest = bytes.length - LENGTH_BYTES;
    throw new SafetensorsError(
      source,
      `not a whole safetensors file: its header claims ${length} bytes, ${rest} follow`,
    );
  }
  return Number(length);
}

function decode(header: Uint8Array, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(header);
  } catch (error) {
    throw new SafetensorsError(source, "the header is not UTF-8", { cause: error });
  }
}
