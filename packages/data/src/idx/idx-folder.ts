import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { systemReason } from "@nin/files";
import type { ClassLabels, DatasetPair } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { fileRecords, filesHash } from "../dataset/file-records.js";
import type { LazyStream } from "../dataset/lazy-stream.js";
import { lumaOfPlanes, planesOfPixels } from "../dataset/planes.js";
import { type DatasetFile, fashionMnistClassNames, isFashionMnist } from "./fashion-mnist.js";
import type { IdxHeader } from "./format.js";
import { readIdxHeader, readPackedIdx, readPlainIdx } from "./idx-file.js";
import { type IdxPath, type IdxPaths, idxPaths, requireIdxPath } from "./idx-names.js";
import {
  type IdxFile,
  type IdxNames,
  imageShape,
  labelsFromIdx,
  pairFromIdx,
  requireSameSize,
} from "./pair-from-idx.js";

/** How a folder of IDX files is read. */
export interface IdxFolderOptions {
  /** 1 makes colours grey. */
  readonly channels?: number;
  readonly signal?: AbortSignal;
}

/**
 * Reads a folder of four IDX files, plain (preferred where both exist) or `.gz`, under MNIST's or EMNIST's names. They are
 * checked by header, exact length, gzip CRC, labels and count, not by hash, and must be regular files. Images are grey
 * (rank 3) or have their channels last (rank 4), labels may be of any integer type, and the classes are the numbers from 0
 * to the largest label. The data set is named `fashion-mnist` when its images and labels are those of Fashion-MNIST;
 * otherwise it is named after the folder.
 *
 * @throws DataError, with code `NIN_DATA_MISSING` when the folder or a file does not exist
 */
export async function readIdxFolder(folder: string, options: IdxFolderOptions = {}): Promise<DatasetPair> {
  const paths = idxPaths(folder, await namesIn(folder));
  const read = (which: DatasetFile): Promise<IdxFile> => {
    const reading = readIdxFile(folder, paths, which, options.signal);
    reading.catch(() => {});
    return reading;
  };
  const all = {
    trainImages: read("trainImages"),
    trainLabels: read("trainLabels"),
    testImages: read("testImages"),
    testLabels: read("testLabels"),
  };
  // One after another, so that the error names the first invalid file.
  const trainImages = await all.trainImages;
  const trainLabels = await all.trainLabels;
  const testImages = await all.testImages;
  const testLabels = await all.testLabels;
  const files = { trainImages, trainLabels, testImages, testLabels };
  const isGrey = options.channels === 1;
  const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
  return (await isFashionMnist(files, sha256))
    ? pairFromIdx({ name: "fashion-mnist", classNames: fashionMnistClassNames }, files)
    : pairFromIdx({ name: resolve(folder), isGrey }, files);
}

/** How much memory the images of a folder of IDX files take. Throws as `readIdxFolder` does. Units: bytes. */
export async function idxImageBytes(folder: string): Promise<number> {
  const { trainImages, testImages } = await imageHeaders(folder);
  const bytes = ({ header }: HeaderOf): number => header.sizeBytes - header.headerBytes;
  return bytes(trainImages) + bytes(testImages);
}

/** As `readIdxFolder`, of images that may not fit in memory. */
export async function idxStreams(
  folder: string,
  options: IdxFolderOptions = {},
): Promise<{ readonly train: LazyStream; readonly test: LazyStream }> {
  const { paths, trainImages, testImages } = await imageHeaders(folder);
  const [train, test] = [trainImages, testImages].map(({ file, header }) => ({
    file: file.path,
    shape: header.shape,
  }));
  if (train === undefined || test === undefined) throw new TypeError("two splits");
  requireSameSize(train, test);
  const trainLabels = await readIdxFile(folder, paths, "trainLabels", options.signal);
  const testLabels = await readIdxFile(folder, paths, "testLabels", options.signal);
  const name = resolve(folder);
  const labels = labelsFromIdx({ name }, { trainImages: train, testImages: test, trainLabels, testLabels });
  const names = { name, classNames: labels.classNames, isGrey: options.channels === 1 };
  return {
    train: idxStream(names, trainImages, labels.train),
    test: idxStream(names, testImages, labels.test),
  };
}

interface HeaderOf {
  readonly file: IdxPath;
  readonly header: IdxHeader;
}

async function imageHeaders(folder: string) {
  const paths = idxPaths(folder, await namesIn(folder));
  const headerOf = async (which: DatasetFile): Promise<HeaderOf> => {
    const file = requireIdxPath(folder, paths, which);
    return { file, header: await readIdxHeader({ file: file.path, content: "images" }, file.isPacked) };
  };
  return { paths, trainImages: await headerOf("trainImages"), testImages: await headerOf("testImages") };
}

function idxStream(
  { name, classNames, isGrey }: Required<IdxNames>,
  { file, header }: HeaderOf,
  labels: ClassLabels,
): LazyStream {
  const { count, height, width, channels } = imageShape(header.shape);
  const isMadeGrey = isGrey && channels === 3;
  const recordBytes = height * width * channels;
  const layout = { headerBytes: header.headerBytes, recordBytes, count, isPacked: file.isPacked };
  async function* decode(signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
    const scratch = new Uint8Array(recordBytes);
    for await (const image of fileRecords(file.path, layout, signal)) {
      planesOfPixels(image, channels, scratch);
      if (isMadeGrey) lumaOfPlanes(image, image);
      yield isMadeGrey ? image.slice(0, height * width) : image;
    }
  }
  return {
    ...{ name, classes: classNames.length, classNames, labels, count },
    ...{ channels: isMadeGrey ? 1 : channels, height, width },
    key: async (signal) => `idx 1 ${isMadeGrey} ${await filesHash([file.path], signal)}`,
    decode,
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const found = code === "ENOENT" ? "nothing" : code === "ENOTDIR" ? "a file" : systemReason(error);
    throw new DataError(folder, "a folder with the four IDX files of a data set", found, {
      code: "NIN_DATA_MISSING",
      cause: error,
    });
  }
}

async function readIdxFile(
  folder: string,
  paths: IdxPaths,
  which: DatasetFile,
  signal?: AbortSignal,
): Promise<IdxFile> {
  signal?.throwIfAborted();
  const { path, isPacked } = requireIdxPath(folder, paths, which);
  const content = which.endsWith("Images") ? "images" : "labels";
  const read = isPacked ? readPackedIdx : readPlainIdx;
  const idx = await read({ file: path, content }, signal);
  if (idx !== undefined) return { file: path, ...idx };
  throw new DataError(path, "an IDX file, plain or with .gz", "nothing", { code: "NIN_DATA_MISSING" });
}
