import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import {
  type CacheContent,
  cacheFileBytes,
  checksumsStart,
  HEADER_BYTES,
  parseCacheHeader,
} from "./cache-file.js";

/** Node refuses to read 2 GiB at once. */
const MAX_READ_BYTES = 2 ** 30;

/**
 * An open cache file, read synchronously: in a thread of its own. This module imports nothing but Node's own, so that the
 * thread starts quickly. Errors are plain ones whose message completes "found ...".
 */
export class CacheFileReader {
  private constructor(
    private readonly file: number,
    private readonly imageBytes: number,
    private readonly checksums: Uint32Array,
    readonly sha256: string,
  ) {}

  /**
   * Opens the file with this content.
   *
   * @returns `undefined` when it is another file, a damaged one, or one of another version
   * @throws an error of the file system
   */
  static open(path: string, content: CacheContent): CacheFileReader | undefined {
    // Opened first, then inspected, so that what is inspected is what is read; without blocking, as a pipe would block.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const info = fstatSync(file);
      const isWhole = info.isFile() && info.size === cacheFileBytes(content);
      const found = isWhole ? readEnds(file, content) : undefined;
      if (found === undefined) {
        closeSync(file);
        return undefined;
      }
      const imageBytes = content.channels * content.height * content.width;
      return new CacheFileReader(file, imageBytes, found.checksums, found.sha256);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  /**
   * The images at these positions, in this order; neighbours are read at once.
   *
   * @throws Error when an image is not the one that was written
   */
  read(positions: Uint32Array): Uint8Array {
    const { imageBytes } = this;
    const images = new Uint8Array(positions.length * imageBytes);
    let start = 0;
    positions.forEach((position, index) => {
      if (positions[index + 1] === position + 1) return;
      const end = index + 1;
      const first = position - (index - start);
      const neighbours = images.subarray(start * imageBytes, end * imageBytes);
      readFully(this.file, neighbours, HEADER_BYTES + first * imageBytes);
      start = end;
    });
    positions.forEach((position, index) => {
      const image = images.subarray(index * imageBytes, (index + 1) * imageBytes);
      if (crc32(image) !== this.checksums[position]) throw new Error(`other bytes in image ${position}`);
    });
    return images;
  }

  close(): void {
    closeSync(this.file);
  }
}

/** Reads and checks what comes before and after the images. */
function readEnds(
  file: number,
  content: CacheContent,
): { readonly sha256: string; readonly checksums: Uint32Array } | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  readFully(file, header, 0);
  const digests = parseCacheHeader(header, content);
  if (digests === undefined) return undefined;
  const checksums = new Uint32Array(content.count);
  readFully(file, new Uint8Array(checksums.buffer), checksumsStart(content));
  if (crc32(checksums) !== digests.checksums) return undefined;
  return { checksums, sha256: digests.sha256 };
}

function readFully(file: number, bytes: Uint8Array, start: number): void {
  for (let done = 0; done < bytes.length; ) {
    const wanted = Math.min(bytes.length - done, MAX_READ_BYTES);
    const count = readSync(file, bytes, done, wanted, start + done);
    if (count === 0) throw new Error("a file that was cut short");
    done += count;
  }
}
