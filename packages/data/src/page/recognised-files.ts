import { cifarFormat } from "../cifar/format.js";
import type { DatasetPair } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { isIdxName } from "../idx/parse-idx-name.js";
import { imageDatasetFromFiles, type PictureFile, type PictureFilesOptions } from "./dataset-from-files.js";
import { pairFromCifarFiles, pairFromIdxFiles, type RecordFilesOptions } from "./records.js";

/** How files that a user chose become a data set: pictures as for `imageDatasetFromFiles`. */
export interface DatasetFilesOptions extends PictureFilesOptions {
  /** The SHA-256 of bytes, in hexadecimal, by which Fashion-MNIST is recognised. */
  readonly sha256: RecordFilesOptions["sha256"];
}

/**
 * Makes a data set of files that a user chose or dropped, recognised by their names as `loadDataset` of
 * `@nin/data/node` does: the four IDX files of MNIST's kind, plain or `.gz`; CIFAR-10's or CIFAR-100's binary version; or
 * pictures in a folder for each class. The bytes are those that Node has of the same files.
 *
 * @throws DataError naming the file
 * @throws the signal's reason when it aborts
 *
 * @example
 * ```ts
 * const { train, test } = await datasetFromFiles(input.files, { channels: 1, height: 28, width: 28, sha256 });
 * ```
 */
export async function datasetFromFiles(
  files: Iterable<PictureFile>,
  options: DatasetFilesOptions,
): Promise<DatasetPair> {
  const all = [...files];
  const { name = "files", channels, sha256 } = options;
  const names = all.map((file) => file.name);
  const cifar = cifarFormat(names);
  const isIdx = names.some(isIdxName);
  if (cifar !== undefined && isIdx)
    throw new DataError(name, "the files of one data set", `those of idx and ${cifar}`);
  const described = { name, channels, sha256 };
  if (isIdx) return pairFromIdxFiles(all, described);
  if (cifar !== undefined) return pairFromCifarFiles(all, cifar, described);
  return imageDatasetFromFiles(all, options);
}
