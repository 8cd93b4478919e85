import { DataError } from "../dataset/errors.js";

/** What an IDX file should hold. */
export interface IdxExpectation {
  /** For messages. */
  readonly file: string;
  /** `images`: three dimensions; `labels`: one. Both of unsigned bytes. */
  readonly content: "images" | "labels";
}

/** An IDX file's content. */
export interface IdxArray {
  /** Shapes: [count, height, width] or [count]. */
  readonly shape: readonly number[];
  /** Row-major; a view of the bytes that were parsed. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const DIMENSIONS = { images: 3, labels: 1 } as const;

/** What an IDX file's header says. */
export interface IdxHeader {
  /** Shapes: [count, height, width] or [count]; none is 0. */
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly headerBytes: number;
  /** What the whole file has to have; past 2^53 not exact. */
  readonly sizeBytes: number;
}

/**
 * Reads an IDX file strictly: two zero bytes, the element type, the number of dimensions, each as
 * a big-endian 32-bit integer, then exactly as many bytes as they say.
 *
 * Throws: `DataError`. Source: LeCun, Cortes, Burges, The MNIST database, file formats.
 */
export function parseIdx(bytes: Uint8Array, expectation: IdxExpectation): IdxArray {
  const header = parseIdxHeader(bytes, expectation);
  requireSize(expectation.file, header, `${bytes.length}`);
  return { shape: header.shape, data: bytes.subarray(header.headerBytes) };
}

/** How many bytes the header of such a file has. */
export function idxHeaderBytes(content: IdxExpectation["content"]): number {
  return 4 + 4 * DIMENSIONS[content];
}

/** Reads the header alone, from a file's first bytes. Throws: `DataError`. */
export function parseIdxHeader(bytes: Uint8Array, { file, content }: IdxExpectation): IdxHeader {
  const rank = DIMENSIONS[content];
  const headerBytes = idxHeaderBytes(content);
  if (bytes.length < headerBytes) {
    throw new DataError(file, `an IDX header of ${headerBytes} bytes`, `${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkMagic(view.getUint32(0), rank, file, content);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (shape.includes(0))
    throw new DataError(file, `at least one of ${content}`, `dimensions ${shape.join(" x ")}`);
  return {
    shape,
    headerBytes,
    sizeBytes: headerBytes + shape.reduce((product, extent) => product * extent, 1),
  };
}

/** Throws: `DataError` unless a file has as many bytes as its header says. */
export function requireSize(file: string, { shape, sizeBytes }: IdxHeader, found: string): void {
  if (found === `${sizeBytes}`) return;
  throw new DataError(file, `${sizeBytes} bytes for dimensions ${shape.join(" x ")}`, `${found} bytes`);
}

function checkMagic(magic: number, rank: number, file: string, content: string): void {
  const expected = UNSIGNED_BYTE * 256 + rank;
  if (magic !== expected) throw new DataError(file, `IDX magic ${hex(expected)} (${content})`, hex(magic));
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}
