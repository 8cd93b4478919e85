import { createHash } from "node:crypto";
import { join } from "node:path";
import { FileError, makeFolders, readFileBounded, realFileSystem, systemReason } from "@nin/files";
import type { DatasetPair } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import type { DatasetFile, PublishedFile } from "../idx/fashion-mnist.js";
import { unpackIdx } from "../idx/idx-file.js";
import { type IdxFile, pairFromIdx } from "../idx/pair-from-idx.js";
import { type DownloadOptions, downloadFile } from "./download.js";
import { DownloadError } from "./errors.js";

/** A published data set and the folder of its cached files. */
export interface CachedSet extends DownloadOptions {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly folder: string;
  readonly files: Readonly<Record<DatasetFile, PublishedFile>>;
}

/**
 * Reads a data set from the cache. Files that are missing or whose SHA-256 is wrong are downloaded first.
 *
 * @throws DataError, with code `NIN_DATA_CACHE` when the cache cannot be written
 * @throws the signal's reason
 */
export async function readCachedSet(set: CachedSet): Promise<DatasetPair> {
  const trainImages = await unpacked(set, "trainImages");
  const trainLabels = await unpacked(set, "trainLabels");
  const testImages = await unpacked(set, "testImages");
  const testLabels = await unpacked(set, "testLabels");
  return pairFromIdx(set, { trainImages, trainLabels, testImages, testLabels });
}

/**
 * Downloads the files that the cache lacks. Throws as `readCachedSet` does.
 *
 * @returns the names of the downloaded files
 */
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
  let cached = await readCached(set, file);
  if (typeof cached === "string") {
    await download(set, file, cached);
    cached = await readCached(set, file);
    if (typeof cached === "string") throw new DataError(path, published(file), cached);
  }
  return { file: path, ...(await unpackIdx(cached, { file: path, content: file.content }, set.signal)) };
}

/** The file from the cache, or a description of what was found there instead. */
async function readCached(set: CachedSet, file: PublishedFile): Promise<Uint8Array | string> {
  set.signal?.throwIfAborted();
  const path = join(set.folder, file.name);
  try {
    const bytes = await readFileBounded(path, { maxBytes: file.sizeBytes, regularOnly: true });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return sha256 === file.sha256 ? bytes : `${bytes.length} bytes with SHA-256 ${sha256}`;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.code === "NIN_FILE_MISSING") return "nothing";
    // A folder or a device: not ours to remove, and it cannot be replaced.
    if (error.code === "NIN_FILE_KIND") throw cacheError(path, `${published(file)}, or nothing`, error);
    return `one that ${error.problem}`;
  }
}

async function download(set: CachedSet, file: PublishedFile, cached: string): Promise<void> {
  const target = join(set.folder, file.name);
  try {
    await makeFolders(realFileSystem, set.folder);
    await downloadFile(file, target, set);
  } catch (error) {
    set.signal?.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    if (error instanceof DownloadError) {
      const found = `${cached}, and it could not be downloaded: ${error.message}`;
      throw new DataError(target, published(file), found, { code: "NIN_DATA_DOWNLOAD", cause: error });
    }
    throw cacheError(
      set.folder,
      "a writable cache (set XDG_CACHE_HOME, or give a folder that has the data)",
      error,
    );
  }
}

function published({ sizeBytes, sha256 }: PublishedFile): string {
  return `${sizeBytes} bytes with SHA-256 ${sha256}`;
}

function cacheError(place: string, expected: string, error: Error): DataError {
  const found = error instanceof FileError ? `what ${error.problem}` : systemReason(error);
  return new DataError(place, expected, found, { code: "NIN_DATA_CACHE", cause: error });
}
