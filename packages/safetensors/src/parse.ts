import type { Dtype } from "./dtype.js";
import { SafetensorsError } from "./errors.js";
import { foreignKind } from "./file-kind.js";
import { checkLayout, type Header, readHeader } from "./header.js";

/** A tensor as it is stored. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Little-endian, row-major. A view of the file's bytes. */
  readonly bytes: Uint8Array;
}

/** The contents of a file. */
export interface SafetensorsFile {
  /** In the order of the header. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The size of the header's length, which precedes it. Units: bytes. */
export const LENGTH_BYTES = 8;
/** The limit of the format's own implementation. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads a safetensors file in memory, without copying. Nothing in it is trusted: lengths, offsets, types and shapes are
 * checked against each other and against the size of the file.
 *
 * @param source the name of the file, with which messages begin
 * @throws SafetensorsError
 *
 * Source: the description of the format, huggingface.co/docs/safetensors.
 *
 * @example
 * ```ts
 * const { tensors } = parseSafetensors(new Uint8Array(await response.arrayBuffer()));
 * ```
 */
export function parseSafetensors(bytes: Uint8Array, source = "safetensors"): SafetensorsFile {
  const headerBytes = headerLength(bytes, bytes.length, source);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes), source);
  return placeTensors(header, bytes.subarray(LENGTH_BYTES + headerBytes), source);
}

/**
 * The length of the header.
 *
 * @param beginning as much of the file's beginning as is known, by which a file of another kind is recognised
 * @param fileBytes the size of the file
 * @throws SafetensorsError when the file is too small for its header
 */
export function headerLength(beginning: Uint8Array, fileBytes: number, source: string): number {
  if (beginning.length < LENGTH_BYTES) {
    throw new SafetensorsError(source, `expected at least ${LENGTH_BYTES} bytes, got ${beginning.length}`);
  }
  const length = claimedLength(beginning);
  if (hasRoomFor(length, fileBytes)) return Number(length);
  const kind = foreignKind(beginning);
  if (kind !== undefined) throw new SafetensorsError(source, `expected a safetensors file, got ${kind}`);
  const rest = Number.isFinite(fileBytes) ? `${fileBytes - LENGTH_BYTES} follow` : "which is too many";
  throw new SafetensorsError(
    source,
    `not a whole safetensors file: its header claims ${length} bytes, ${rest}`,
  );
}

/** Whether a file of this size can be safetensors, by its first bytes. */
export function canBeSafetensors(beginning: Uint8Array, fileBytes: number): boolean {
  return beginning.length >= LENGTH_BYTES && hasRoomFor(claimedLength(beginning), fileBytes);
}

function claimedLength(beginning: Uint8Array): bigint {
  return new DataView(beginning.buffer, beginning.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
}

function hasRoomFor(headerBytes: bigint, fileBytes: number): boolean {
  return headerBytes <= MAX_HEADER_BYTES && Number(headerBytes) <= fileBytes - LENGTH_BYTES;
}

/** @throws SafetensorsError for a header that is not UTF-8 or not valid */
export function parseHeader(bytes: Uint8Array, source: string): Header {
  let json: string;
  try {
    json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new SafetensorsError(source, "the header is not UTF-8", { cause: error });
  }
  return readHeader(json, source);
}

/**
 * The tensors, as views of the data.
 *
 * @throws SafetensorsError unless they fill the data without gaps and overlaps
 */
export function placeTensors(
  { entries, metadata }: Header,
  data: Uint8Array,
  source: string,
): SafetensorsFile {
  checkLayout(entries, data.length, source);
  const tensors = new Map(
    entries.map(({ name, dtype, shape, begin, end }) => [
      name,
      { dtype, shape, bytes: data.subarray(begin, end) },
    ]),
  );
  return { tensors, metadata };
}
