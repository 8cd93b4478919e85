import { DataError } from "./errors.js";

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

/**
 * Reads an IDX file strictly: two zero bytes, the element type, the number of dimensions, each as
 * a big-endian 32-bit integer, then exactly as many bytes as they say.
 *
 * Throws: `DataError`. Source: LeCun, Cortes, Burges, The MNIST database, file formats.
 */
export function parseIdx(bytes: Uint8Array, { file, content }: IdxExpectation): IdxArray {
  const rank = DIMENSIONS[content];
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) {
    throw new DataError(file, `an IDX header of ${headerBytes} bytes`, `${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkMagic(view.getUint32(0), rank, file, content);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (shape.includes(0))
    throw new DataError(file, `at least one of ${content}`, `dimensions ${shape.join(" x ")}`);
  const expected = headerBytes + shape.reduce((product, extent) => product * extent, 1);
  if (bytes.length !== expected) {
    throw new DataError(
      file,
      `${expected} bytes for dimensions ${shape.join(" x ")}`,
      `${bytes.length} bytes`,
    );
  }
  return { shape, data: bytes.subarray(headerBytes) };
}

function checkMagic(magic: number, rank: number, file: string, content: string): void {
  const expected = UNSIGNED_BYTE * 256 + rank;
  if (magic !== expected) throw new DataError(file, `IDX magic ${hex(expected)} (${content})`, hex(magic));
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}
