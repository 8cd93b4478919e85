import { DataError } from "../dataset/errors.js";

/** What an IDX file is expected to contain. */
export interface IdxExpectation {
  /** The file's name for messages. */
  readonly file: string;
  /** `images`: three dimensions; `labels`: one. Both of unsigned bytes. */
  readonly content: "images" | "labels";
}

/** The contents of an IDX file. */
export interface IdxArray {
  /** Shapes: [count, height, width] or [count]. */
  readonly shape: readonly number[];
  /** Row-major; a view of the bytes that were parsed. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const DIMENSIONS = { images: 3, labels: 1 } as const;

/** The header of an IDX file. */
export interface IdxHeader {
  /** Shapes: [count, height, width] or [count]; none is 0. */
  readonly shape: readonly number[];
  /** The size of the header: where the elements begin. */
  readonly headerBytes: number;
  /** The size that the whole file must have; inexact above 2^53. */
  readonly sizeBytes: number;
}

/**
 * Reads an IDX file strictly: two zero bytes, the element type, the number of dimensions, each of them as a big-endian
 * 32-bit integer, then exactly as many bytes as these imply.
 *
 * @throws DataError
 *
 * Source: LeCun, Cortes, Burges, The MNIST database, file formats.
 */
export function parseIdx(bytes: Uint8Array, expectation: IdxExpectation): IdxArray {
  const header = parseIdxHeader(bytes, expectation);
  requireSize(expectation.file, header, `${bytes.length}`);
  return { shape: header.shape, data: bytes.subarray(header.headerBytes) };
}

/** The size of the header of such a file. */
export function idxHeaderBytes(content: IdxExpectation["content"]): number {
  return 4 + 4 * DIMENSIONS[content];
}

/**
 * Reads the header alone, from the first bytes of a file.
 *
 * @throws DataError
 */
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

/** @throws DataError unless a file has the size that its header implies */
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
