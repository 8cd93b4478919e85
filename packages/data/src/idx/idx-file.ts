import { FileError, readBeginning, readFileBounded, SIZE_LIMITS } from "@nin/files";
import { shareableBytes } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import {
  type IdxArray,
  type IdxExpectation,
  type IdxHeader,
  idxHeaderBytes,
  parseIdx,
  parseIdxHeader,
  requireSize,
} from "./format.js";
import { gunzipHeader, gunzipPieces } from "./gunzip.js";

const MIB = 2 ** 20;
/** How much of a compressed file is read to find its header: gzip's own header may have 64 KiB, and a name of any length. */
const PACKED_BEGINNING_BYTES = MIB;
/** The highest compression ratio of deflate: 258 bytes in 2 bits. */
const MAX_RATIO = 1032;

/**
 * Reads a plain IDX file. Nothing but the header is read unless the file's size agrees with it.
 *
 * @returns the data, in memory that threads can share; `undefined` when there is no such file
 * @throws DataError, the signal's reason
 */
export async function readPlainIdx(
  expectation: IdxExpectation,
  signal?: AbortSignal,
): Promise<IdxArray | undefined> {
  const { file, content } = expectation;
  const beginning = await ifThere(file, () => readBeginning(file, idxHeaderBytes(content)));
  if (beginning === undefined) return undefined;
  const header = parseIdxHeader(beginning.bytes, expectation);
  requireSize(file, header, `${beginning.sizeBytes}`);
  requireRoom(file, header);
  const bytes = await ifThere(file, () => readRegular(file, header.sizeBytes, signal));
  if (bytes === undefined) return undefined;
  const { data, ...described } = parseIdx(bytes, expectation);
  const shared = shareableBytes(data.length);
  shared.set(data);
  return { ...described, data: shared };
}

/** Reads an IDX file compressed with gzip, which is decompressed only as far as its header says. See `readPlainIdx`. */
export async function readPackedIdx(
  expectation: IdxExpectation,
  signal?: AbortSignal,
): Promise<IdxArray | undefined> {
  const { file } = expectation;
  const beginning = await ifThere(file, () => readBeginning(file, PACKED_BEGINNING_BYTES));
  if (beginning === undefined) return undefined;
  const header = await packedHeader(beginning.bytes, expectation);
  // Compression enlarges no file by more than a hundredth.
  const mostBytes = Math.min(2 * header.sizeBytes + MIB, SIZE_LIMITS.dataset);
  if (beginning.sizeBytes > mostBytes) {
    const expected = `at most ${mostBytes} bytes for ${header.sizeBytes} unpacked`;
    throw new DataError(file, expected, `${beginning.sizeBytes}`);
  }
  const packed = await ifThere(file, () => readRegular(file, mostBytes, signal));
  return packed === undefined ? undefined : unpackIdx(packed, expectation, signal);
}

/**
 * Decompresses an IDX file as far as its header says.
 *
 * @throws DataError, the signal's reason
 */
export async function unpackIdx(
  packed: Uint8Array,
  expectation: IdxExpectation,
  signal?: AbortSignal,
): Promise<IdxArray> {
  const { file } = expectation;
  const header = await packedHeader(packed, expectation);
  const { shape, elements, headerBytes, sizeBytes } = header;
  const mostBytes = MAX_RATIO * packed.length;
  if (sizeBytes > mostBytes) requireSize(file, header, `at most ${mostBytes}`);
  const data = shareableBytes(sizeBytes - headerBytes);
  let total = 0;
  await gunzipPieces(packed, file, (piece) => {
    signal?.throwIfAborted();
    const skipped = Math.min(piece.length, Math.max(0, headerBytes - total));
    const start = total + skipped - headerBytes;
    total += piece.length;
    if (total > sizeBytes) requireSize(file, header, "more");
    if (skipped < piece.length) data.set(piece.subarray(skipped), start);
  });
  requireSize(file, header, `${total}`);
  return { shape, elements, data };
}

/**
 * Reads the header of an IDX file alone.
 *
 * @throws DataError, also when there is no such file or it has another size
 */
export async function readIdxHeader(expectation: IdxExpectation, isPacked: boolean): Promise<IdxHeader> {
  const { file, content } = expectation;
  const wanted = isPacked ? PACKED_BEGINNING_BYTES : idxHeaderBytes(content);
  const beginning = await ifThere(file, () => readBeginning(file, wanted));
  if (beginning === undefined)
    throw new DataError(file, "an IDX file", "nothing", { code: "NIN_DATA_MISSING" });
  const { bytes, sizeBytes } = beginning;
  const first = isPacked ? await gunzipHeader(bytes, idxHeaderBytes(content), file) : bytes;
  const header = parseIdxHeader(first, expectation);
  if (!isPacked) requireSize(file, header, `${sizeBytes}`);
  return header;
}

async function packedHeader(packed: Uint8Array, expectation: IdxExpectation): Promise<IdxHeader> {
  const { file, content } = expectation;
  const header = parseIdxHeader(await gunzipHeader(packed, idxHeaderBytes(content), file), expectation);
  requireRoom(file, header);
  return header;
}

/** Data of this size is always accepted, as the amount of free memory is only an estimate. Units: bytes. */
const ALWAYS_FREE_BYTES = 256 * MIB;

/** @throws DataError when the data is larger than the limit for data, or than the memory that is free */
export function requireRoom(
  file: string,
  { shape, sizeBytes }: Pick<IdxHeader, "shape" | "sizeBytes">,
  freeBytes: number = process.availableMemory(),
): void {
  const found = `dimensions ${shape.join(" x ")}, which are ${inMib(sizeBytes)}`;
  if (sizeBytes > SIZE_LIMITS.dataset)
    throw new DataError(file, `at most ${inMib(SIZE_LIMITS.dataset)}`, found);
  if (sizeBytes > Math.max(freeBytes, ALWAYS_FREE_BYTES))
    throw new DataError(file, `at most the ${inMib(freeBytes)} of memory that are free`, found);
}

function inMib(bytes: number): string {
  return `${(bytes / MIB).toLocaleString("en", { maximumFractionDigits: 1 })} MiB`;
}

function readRegular(file: string, maxBytes: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  return readFileBounded(file, { maxBytes, regularOnly: true, ...(signal === undefined ? {} : { signal }) });
}

/** What `read` returns; `undefined` when the file does not exist. */
async function ifThere<Result>(file: string, read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.code === "NIN_FILE_MISSING") return undefined;
    throw new DataError(file, "a readable file", `one that ${error.problem}`, { cause: error });
  }
}
