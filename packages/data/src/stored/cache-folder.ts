import { createHash, randomBytes } from "node:crypto";
import { lstat, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { isProcessRunning, namesIn, realFileSystem, userCacheFolder } from "@nin/files";
import type { CacheContent } from "./cache-file.js";

/** A temporary file says whose it is: the machine's hash, the process and random digits. */
const TEMPORARY = /^[0-9a-f]{32}\.([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.part$/;
const CACHE_FILE = /^[0-9a-f]{32}\.images$/;

/** A file that is being written is never left alone for so long. Units: milliseconds. */
const ABANDONED_MS = 86_400_000;

/** The cache of decoded images. */
export interface ImageCache {
  readonly folder: string;
  /** The number of data sets in it. */
  readonly files: number;
  /** Their size, and that of files which are being written or were left behind. Units: bytes. */
  readonly sizeBytes: number;
}

/**
 * Where data sets that are larger than memory are stored, and how much room they take. Nothing is removed by itself; each
 * file may be, and is made anew when its data set is used again.
 *
 * @param cacheFolder - as for `materialize`
 *
 * @example
 * ```ts
 * const { folder, sizeBytes } = await imageCache();
 * ```
 */
export async function imageCache(cacheFolder = userCacheFolder()): Promise<ImageCache> {
  const folder = imageCacheFolder(cacheFolder);
  let files = 0;
  let sizeBytes = 0;
  for (const name of await namesIn(realFileSystem, folder)) {
    if (!CACHE_FILE.test(name) && !TEMPORARY.test(name)) continue;
    // One that another process has just removed takes no room.
    const info = await lstat(join(folder, name)).catch(() => undefined);
    if (info?.isFile() !== true) continue;
    if (CACHE_FILE.test(name)) files += 1;
    sizeBytes += info.size;
  }
  return { folder, files, sizeBytes };
}

export function imageCacheFolder(cacheFolder: string): string {
  return join(cacheFolder, "images");
}

/** The file for this content, the same in every version. */
export function cacheFilePath(cacheFolder: string, { identity }: CacheContent): string {
  return join(imageCacheFolder(cacheFolder), `${identity.slice(0, 32)}.images`);
}

/** A name of its own for a file that is to become `path`. */
export function temporaryFor(path: string): string {
  const owner = `${machineHash()}-${process.pid}-${randomBytes(6).toString("hex")}`;
  return path.replace(/\.images$/, `.${owner}.part`);
}

/** Removes files that processes which are dead were writing. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await namesIn(realFileSystem, folder)) {
    const [matched, machine, owner] = TEMPORARY.exec(name) ?? [];
    if (matched === undefined) continue;
    const path = join(folder, name);
    const info = await lstat(path).catch(() => undefined);
    if (info?.isFile() !== true) continue;
    const isDead = machine === machineHash() && !(await isProcessRunning(Number(owner)));
    // Process ids are reused, and say nothing about those of another machine that shares the folder.
    if (isDead || Date.now() - info.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
  }
}

function machineHash(): string {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
}
