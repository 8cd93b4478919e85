import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { DatasetPair } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import {
  type DatasetFile,
  fashionMnistClassNames,
  fashionMnistFiles,
  isFashionMnist,
} from "./fashion-mnist.js";
import { readPackedIdx, readPlainIdx } from "./idx-file.js";
import { type IdxFile, pairFromIdx } from "./pair-from-idx.js";

const DIGITS = Array.from({ length: 10 }, (_, label) => `${label}`);
const fashionMnist = { name: "fashion-mnist", classNames: fashionMnistClassNames };

/**
 * Reads a folder of four IDX files, plain (preferred where both exist) or `.gz`. They are checked by header, exact
 * length, gzip CRC, label range and count, not by hash, and must be regular files. The data set is named `fashion-mnist`
 * when its images and labels are those of Fashion-MNIST; otherwise it is named after the folder and has the classes `0`
 * to `9`.
 *
 * @throws DataError, with code `NIN_DATA_MISSING` when the folder or a file does not exist
 */
export async function readImageFolder(folder: string, signal?: AbortSignal): Promise<DatasetPair> {
  await requireFolder(folder);
  const read = (file: DatasetFile) => readIdxFile(folder, file, signal);
  // In sequence, so that the error names the first invalid file.
  const trainImages = await read("trainImages");
  const trainLabels = await read("trainLabels");
  const testImages = await read("testImages");
  const testLabels = await read("testLabels");
  const files = { trainImages, trainLabels, testImages, testLabels };
  return pairFromIdx(
    isFashionMnist(files) ? fashionMnist : { name: resolve(folder), classNames: DIGITS },
    files,
  );
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

async function readIdxFile(folder: string, which: DatasetFile, signal?: AbortSignal): Promise<IdxFile> {
  signal?.throwIfAborted();
  const { name, content } = fashionMnistFiles[which];
  const plain = join(folder, name.replace(/\.gz$/, ""));
  const plainIdx = await readPlainIdx({ file: plain, content }, signal);
  if (plainIdx !== undefined) return { file: plain, ...plainIdx };
  const packed = join(folder, name);
  const packedIdx = await readPackedIdx({ file: packed, content }, signal);
  if (packedIdx !== undefined) return { file: packed, ...packedIdx };
  throw new DataError(plain, "an IDX file, plain or with .gz", "nothing", { code: "NIN_DATA_MISSING" });
}
