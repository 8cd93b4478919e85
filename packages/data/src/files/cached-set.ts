import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatasetPair } from "../dataset.js";
import { DataError } from "../errors.js";
import { DownloadError, type DownloadOptions, downloadFile } from "./download.js";
import type { DatasetFile, PublishedFile } from "./fashion-mnist.js";
import { gunzip } from "./gunzip.js";
import { type IdxFile, pairFromIdx } from "./pair-from-idx.js";

/** A published data set and the folder it is kept in. */
export interface CachedSet extends DownloadOptions {
  readonly name: string;
  readonly folder: string;
  readonly files: Readonly<Record<DatasetFile, PublishedFile>>;
}

/**
 * Reads a data set from the cache; each file that is not there, or not with the right SHA-256, is
 * downloaded first.
 *
 * Throws: `DataError`, with code `NIN_DATA_CACHE` when the cache cannot be written; the signal's reason.
 */
export async function readCachedSet(set: CachedSet): Promise<DatasetPair> {
  const trainImages = await unpacked(set, "trainImages");
  const trainLabels = await unpacked(set, "trainLabels");
  const testImages = await unpacked(set, "testImages");
  const testLabels = await unpacked(set, "testLabels");
  return pairFromIdx(set.name, { trainImages, trainLabels, testImages, testLabels });
}

/** Downloads what the cache lacks. The names of the files that were downloaded. Throws: as `readCachedSet`. */
export async function fillCache(set: CachedSet): Promise<readonly string[]> {
  const downloaded: string[] = [];
  for (const file of Object.values(set.files)) {
    const cached = await readCached(set, file);
    if (typeof cached !== "string") continue;
    await download(set, file, cached);
    downloaded.push(file.name);
  }
  return downloaded;
}

async function unpacked(set: CachedSet, which: DatasetFile): Promise<IdxFile> {
  const file = set.files[which];
  const path = join(set.folder, file.name);
  const cached = await readCached(set, file);
  if (typeof cached !== "string") return { file: path, bytes: await gunzip(cached, path) };
  await download(set, file, cached);
  return { file: path, bytes: await gunzip(await readFile(path), path) };
}

/** The file from the cache, or, unless it is what was published, what is there in its stead. */
async function readCached({ folder, signal }: CachedSet, file: PublishedFile): Promise<Uint8Array | string> {
  signal?.throwIfAborted();
  const bytes = await readFile(join(folder, file.name)).catch(() => undefined);
  if (bytes === undefined) return "nothing";
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return sha256 === file.sha256 ? bytes : `${bytes.length} bytes with SHA-256 ${sha256}`;
}

async function download(set: CachedSet, file: PublishedFile, present: string): Promise<void> {
  const target = join(set.folder, file.name);
  try {
    await mkdir(set.folder, { recursive: true });
    await downloadFile(file, target, set);
  } catch (error) {
    set.signal?.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    if (error instanceof DownloadError) {
      const expected = `${file.sizeBytes} bytes with SHA-256 ${file.sha256}`;
      const found = `${present}, and it could not be downloaded: ${error.message}`;
      throw new DataError(target, expected, found, { code: "NIN_DATA_DOWNLOAD", cause: error });
    }
    const expected = "a writable cache (set XDG_CACHE_HOME, or give a folder that has the data)";
    throw new DataError(set.folder, expected, error.message, { code: "NIN_DATA_CACHE", cause: error });
  }
}
