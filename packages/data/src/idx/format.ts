import { entry } from "@nin/spec";
import { DataError } from "../dataset/errors.js";

/** What an IDX file is expected to contain. */
export interface IdxExpectation {
  /** The file's name for messages. */
  readonly file: string;
  /** `images`: three dimensions (grey) or four (the channels last), of unsigned bytes; `labels`: one, of any integers. */
  readonly content: "images" | "labels";
}

/** The contents of an IDX file. */
export interface IdxArray {
  /** Shapes: [count, height, width], [count, height, width, channels] or [count]. */
  readonly shape: readonly number[];
  /** Row-major, in the file's big-endian order; a view of the bytes that were parsed. */
  readonly data: Uint8Array;
  readonly elements: IdxElements;
}

/** The type of an IDX file's elements. */
export type IdxElements = "uint8" | "int8" | "int16" | "int32";

const ELEMENTS: ReadonlyMap<number, { readonly elements: IdxElements; readonly sizeBytes: number }> = new Map(
  [
    [0x08, { elements: "uint8", sizeBytes: 1 }],
    [0x09, { elements: "int8", sizeBytes: 1 }],
    [0x0b, { elements: "int16", sizeBytes: 2 }],
    [0x0c, { elements: "int32", sizeBytes: 4 }],
  ],
);
const MAGICS = {
  images: [0x803, 0x804],
  labels: [0x801, 0x901, 0xb01, 0xc01],
} as const;
const FEWEST_DIMENSIONS = { images: 3, labels: 1 } as const;
const MOST_DIMENSIONS = { images: 4, labels: 1 } as const;

/** The header of an IDX file. */
export interface IdxHeader {
  /** See `IdxArray.shape`; none is 0. */
  readonly shape: readonly number[];
  readonly elements: IdxElements;
  /** The size of the header: where the elements begin. */
  readonly headerBytes: number;
  /** The size that the whole file must have; inexact above 2^53. */
  readonly sizeBytes: number;
}

/**
 * Reads an IDX file strictly: two zero bytes, the element type, the number of dimensions, each of them as a big-endian
 * 32-bit integer, then exactly as many elements as these imply.
 *
 * @throws DataError
 *
 * Source: LeCun, Cortes, Burges, The MNIST database, file formats.
 */
export function parseIdx(bytes: Uint8Array, expectation: IdxExpectation): IdxArray {
  const { shape, elements, headerBytes, ...header } = parseIdxHeader(bytes, expectation);
  requireSize(expectation.file, { shape, ...header }, `${bytes.length}`);
  return { shape, elements, data: bytes.subarray(headerBytes) };
}

/** The size of the longest header of such a file. */
export function idxHeaderBytes(content: IdxExpectation["content"]): number {
  return 4 + 4 * MOST_DIMENSIONS[content];
}

/**
 * Reads the header alone, from the first bytes of a file.
 *
 * @throws DataError
 */
export function parseIdxHeader(bytes: Uint8Array, { file, content }: IdxExpectation): IdxHeader {
  requireHeader(bytes, FEWEST_DIMENSIONS[content], file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  checkMagic(magic, file, content);
  const rank = magic % 256;
  requireHeader(bytes, rank, file);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (shape.includes(0))
    throw new DataError(file, `at least one of ${content}`, `dimensions ${shape.join(" x ")}`);
  const { elements, sizeBytes } = entry(ELEMENTS, magic >> 8);
  const headerBytes = 4 + 4 * rank;
  return {
    shape,
    elements,
    headerBytes,
    sizeBytes: headerBytes + shape.reduce((product, extent) => product * extent, sizeBytes),
  };
}

/** @throws DataError unless a file has the size that its header implies */
export function requireSize(
  file: string,
  { shape, sizeBytes }: Pick<IdxHeader, "shape" | "sizeBytes">,
  found: string,
): void {
  if (found === `${sizeBytes}`) return;
  throw new DataError(file, `${sizeBytes} bytes for dimensions ${shape.join(" x ")}`, `${found} bytes`);
}

/** Integers of an IDX file. Shape: [count]. */
export function idxIntegers({ data, elements }: IdxArray): ArrayLike<number> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (elements) {
    case "uint8":
      return data;
    case "int8":
      return Int8Array.from(data);
    case "int16":
      return Int16Array.from({ length: data.length / 2 }, (_, index) => view.getInt16(2 * index));
    case "int32":
      return Int32Array.from({ length: data.length / 4 }, (_, index) => view.getInt32(4 * index));
  }
}

function requireHeader(bytes: Uint8Array, rank: number, file: string): void {
  const headerBytes = 4 + 4 * rank;
  if (bytes.length >= headerBytes) return;
  throw new DataError(file, `an IDX header of ${headerBytes} bytes`, `${bytes.length} bytes`);
}

function checkMagic(magic: number, file: string, content: keyof typeof MAGICS): void {
  const accepted: readonly number[] = MAGICS[content];
  if (accepted.includes(magic)) return;
  const expected = `IDX magic ${accepted.map(hex).join(" or ")} (${content})`;
  throw new DataError(file, expected, hex(magic));
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}
