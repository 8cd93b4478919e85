import { createHash } from "node:crypto";
import { type FileHandle, open, rename, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { makeFolders, realFileSystem, syncFolder, systemReason } from "@nin/files";
import type { ClassLabels } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { type CacheContent, cacheFileBytes, cacheHeader, HEADER_BYTES } from "./cache-file.js";
import { removeAbandoned, temporaryFor } from "./cache-folder.js";

/** How many bytes are written at once. */
const WRITTEN_BYTES = 2 ** 22;

/**
 * Writes images into a cache file: under a name of its own, synced, then renamed, so that two processes
 * may do so at once and a process may be killed at any time.
 *
 * @param images - as many as the content says, each of its shape
 * @throws DataError (`NIN_DATA_CACHE`) when it cannot be written; nothing is left behind then
 * @throws what the iteration over the images throws
 */
export async function writeCache(
  path: string,
  content: CacheContent,
  labels: ClassLabels,
  images: AsyncIterable<Uint8Array>,
): Promise<void> {
  const folder = dirname(path);
  const sizeBytes = cacheFileBytes(content);
  const temporary = temporaryFor(path);
  const inCache = <Result>(work: () => Promise<Result>) => orCacheError(folder, sizeBytes, work);
  const file = await inCache(async () => {
    await makeFolders(realFileSystem, folder);
    await removeAbandoned(folder);
    await requireRoom(folder, sizeBytes);
    return open(temporary, "wx", 0o600);
  });
  try {
    try {
      await writeImages({ file, content, labels, images, inCache });
    } finally {
      await file.close();
    }
    await inCache(async () => {
      await rename(temporary, path);
      await syncFolder(realFileSystem, folder);
    });
  } catch (error) {
    // The first error is the one to report, not that the rest could not be removed either.
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

type InCache = <Result>(work: () => Promise<Result>) => Promise<Result>;

interface Writing {
  readonly file: FileHandle;
  readonly content: CacheContent;
  readonly labels: ClassLabels;
  readonly images: AsyncIterable<Uint8Array>;
  readonly inCache: InCache;
}

/** The header comes last: until then the file begins with zeros. */
async function writeImages({ file, content, labels, images, inCache }: Writing): Promise<void> {
  const size = content.channels * content.height * content.width;
  const hash = createHash("sha256");
  const checksums = new Uint32Array(content.count);
  const chunk = Buffer.allocUnsafe(Math.max(1, Math.floor(WRITTEN_BYTES / size)) * size);
  let end = await inCache(() => writeFully(file, Buffer.alloc(HEADER_BYTES), 0));
  let filled = 0;
  const flush = async (): Promise<void> => {
    const bytes = chunk.subarray(0, filled);
    hash.update(bytes);
    end = await inCache(() => writeFully(file, bytes, end));
    filled = 0;
  };
  let index = 0;
  for await (const image of images) {
    chunk.set(image, filled);
    filled += size;
    checksums[index] = crc32(image);
    index += 1;
    if (filled === chunk.length) await flush();
  }
  await flush();
  const sha256 = hash.update(labels).digest("hex");
  const header = cacheHeader(content, { sha256, checksums: crc32(checksums) });
  await inCache(async () => {
    await writeFully(file, new Uint8Array(checksums.buffer), end);
    await writeFully(file, header, 0);
    await file.sync();
  });
}

/** Gives the position after the bytes. */
async function writeFully(file: FileHandle, bytes: Uint8Array, start: number): Promise<number> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, start + done)).bytesWritten;
  return start + bytes.length;
}

/** Before hours are spent on decoding what will not fit. */
async function requireRoom(folder: string, sizeBytes: number): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(folder);
  // Some file systems do not know how large they are.
  if (blocks === 0 || bavail * bsize >= sizeBytes) return;
  throw cacheError(folder, sizeBytes, `${sizeText(bavail * bsize)} free`);
}

async function orCacheError<Result>(
  folder: string,
  sizeBytes: number,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw cacheError(folder, sizeBytes, systemReason(error), error);
  }
}

function cacheError(folder: string, sizeBytes: number, found: string, cause?: unknown): DataError {
  const expected =
    `a folder where ${sizeText(sizeBytes)} of decoded images can be stored (free some room, set XDG_CACHE_HOME to ` +
    "another folder, or allow more data in memory)";
  return new DataError(folder, expected, found, { code: "NIN_DATA_CACHE", cause });
}

function sizeText(bytes: number): string {
  const [size, unit] = bytes >= 2 ** 30 ? [bytes / 2 ** 30, "GiB"] : [bytes / 2 ** 20, "MiB"];
  return `${size.toLocaleString("en", { maximumFractionDigits: 1 })} ${unit}`;
}
