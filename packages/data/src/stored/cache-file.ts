import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ImageSetDescription } from "../dataset/dataset.js";

/**
 * A cache file: a header of `HEADER_BYTES`, the images one after another without gaps, then a CRC-32 of each image as a
 * number of 4 bytes in the machine's order. The header is text, padded with spaces:
 *
 *     nin-images 1 <CRC-32 of all that follows in the header>
 *     { "identity": ..., "channels": 3, "height": 32, "width": 32, "count": 50000, "sha256": ..., "checksums": ... }
 *
 * `checksums` is the CRC-32 of those at the end. Whatever byte is changed, it is noticed: when the file is opened, or when
 * the image is read.
 */
const VERSION = 1;
const FIRST_LINE = /^nin-images (\d+) ([0-9a-f]{8})\n/;

/** A whole number of pages. */
export const HEADER_BYTES = 4096;
export const CHECKSUM_BYTES = 4;

/** What the cache file of a stream holds. */
export interface CacheContent {
  /** A hash of the stream's key, shape and labels. Units: hexadecimal. */
  readonly identity: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly count: number;
}

/** What is known of a file once all images are written. */
export interface CacheDigests {
  /** The SHA-256 of the images followed by the labels. Units: hexadecimal. */
  readonly sha256: string;
  /** The CRC-32 of the checksums at the end. */
  readonly checksums: number;
}

/** The content of the file for a stream of this key. */
export function cacheContentOf(
  key: string,
  { channels, height, width, count, labels }: ImageSetDescription,
): CacheContent {
  const labelsHash = createHash("sha256").update(labels).digest("hex");
  const named = JSON.stringify([key, channels, height, width, count, labelsHash]);
  const identity = createHash("sha256").update(named).digest("hex");
  return { identity, channels, height, width, count };
}

/** Where the checksums begin, after the images. */
export function checksumsStart({ channels, height, width, count }: CacheContent): number {
  return HEADER_BYTES + count * channels * height * width;
}

/** The size of the whole file. Units: bytes. */
export function cacheFileBytes(content: CacheContent): number {
  return checksumsStart(content) + content.count * CHECKSUM_BYTES;
}

/** The header of a finished file. */
export function cacheHeader(content: CacheContent, { sha256, checksums }: CacheDigests): Buffer {
  const { identity, channels, height, width, count } = content;
  const record = JSON.stringify({ identity, channels, height, width, count, sha256, checksums });
  const firstLineBytes = `nin-images ${VERSION} 00000000\n`.length;
  const rest = Buffer.from(`${record}\n`.padEnd(HEADER_BYTES - firstLineBytes));
  return Buffer.concat([Buffer.from(`nin-images ${VERSION} ${hexadecimal(crc32(rest))}\n`), rest]);
}

/** What the header says of a file with this content; `undefined` for any other file. */
export function parseCacheHeader(header: Buffer, content: CacheContent): CacheDigests | undefined {
  const [firstLine, version, sum] = FIRST_LINE.exec(header.toString("latin1")) ?? [];
  if (firstLine === undefined || Number(version) !== VERSION || header.length !== HEADER_BYTES)
    return undefined;
  const rest = header.subarray(firstLine.length);
  if (hexadecimal(crc32(rest)) !== sum) return undefined;
  try {
    const { sha256, checksums, ...found } = JSON.parse(rest.toString("utf8")) as CacheContent & CacheDigests;
    const isOurs = JSON.stringify(found) === JSON.stringify(content) && /^[0-9a-f]{64}$/.test(sha256);
    return isOurs && Number.isInteger(checksums) ? { sha256, checksums } : undefined;
  } catch {
    return undefined;
  }
}

function hexadecimal(sum: number): string {
  return sum.toString(16).padStart(8, "0");
}
