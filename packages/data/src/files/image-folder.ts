import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DatasetPair } from "../dataset.js";
import { DataError } from "../errors.js";
import { type DatasetFile, fashionMnistFiles } from "./fashion-mnist.js";
import { gunzip } from "./gunzip.js";
import { type IdxFile, pairFromIdx } from "./pair-from-idx.js";

/**
 * Reads a folder of one's own: the four IDX files, plain (preferred when both are there) or `.gz`.
 * They are checked by header, exact length, gzip CRC, label range and count, not by hash.
 *
 * Throws: `DataError`; its code is `NIN_DATA_MISSING` when the folder or a file is not there.
 */
export async function readImageFolder(folder: string, signal?: AbortSignal): Promise<DatasetPair> {
  await requireFolder(folder);
  const read = (file: DatasetFile) => readIdxFile(folder, fashionMnistFiles[file].name, signal);
  // One after the other: the first file that is wrong is the one that is named.
  const trainImages = await read("trainImages");
  const trainLabels = await read("trainLabels");
  const testImages = await read("testImages");
  const testLabels = await read("testLabels");
  return pairFromIdx(folder, { trainImages, trainLabels, testImages, testLabels });
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).then(
    (status) => (status.isDirectory() ? undefined : "a file"),
    (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? "nothing" : error.message),
  );
  if (found === undefined) return;
  throw new DataError(folder, "a folder with the four IDX files of a data set", found, {
    code: "NIN_DATA_MISSING",
  });
}

async function readIdxFile(folder: string, packedName: string, signal?: AbortSignal): Promise<IdxFile> {
  const plain = join(folder, packedName.replace(/\.gz$/, ""));
  const plainBytes = await readIfThere(plain, signal);
  if (plainBytes !== undefined) return { file: plain, bytes: plainBytes };
  const packed = join(folder, packedName);
  const packedBytes = await readIfThere(packed, signal);
  if (packedBytes !== undefined) return { file: packed, bytes: await gunzip(packedBytes, packed) };
  throw new DataError(plain, "an IDX file, plain or with .gz", "nothing", { code: "NIN_DATA_MISSING" });
}

async function readIfThere(path: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    if ("code" in error && error.code === "ENOENT") return undefined;
    throw new DataError(path, "a readable file", error.message, { cause: error });
  }
}
