import { at } from "@nin/spec";
import type { DatasetPair, ImageDataset } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import type { DatasetFile } from "./fashion-mnist.js";
import type { IdxArray } from "./format.js";

/** The contents of an IDX file, in memory that threads can share, and its path for messages. */
export interface IdxFile extends IdxArray {
  readonly file: string;
}

/**
 * Makes a data set of its four files.
 *
 * @throws DataError when a label has no class, when images and labels differ in number, or when training and test images
 *   differ in size
 */
export function pairFromIdx(
  { name, classNames }: Pick<ImageDataset, "name" | "classNames">,
  files: Readonly<Record<DatasetFile, IdxFile>>,
): DatasetPair {
  const classes = classNames.length;
  const train = splitFromIdx(files.trainImages, files.trainLabels, classes);
  const test = splitFromIdx(files.testImages, files.testLabels, classes);
  if (train.height !== test.height || train.width !== test.width) {
    const expected = `images of ${train.height} x ${train.width} as in ${files.trainImages.file}`;
    throw new DataError(files.testImages.file, expected, `${test.height} x ${test.width}`);
  }
  const description = { name, classes, classNames, channels: 1 };
  return { train: { ...description, ...train }, test: { ...description, ...test } };
}

type Split = Pick<ImageDataset, "images" | "labels" | "height" | "width" | "count">;

function splitFromIdx(images: IdxFile, labels: IdxFile, classes: number): Split {
  const [count, height, width] = [at(images.shape, 0), at(images.shape, 1), at(images.shape, 2)];
  if (labels.data.length !== count) {
    const expected = `as many labels as there are images in ${images.file}, ${count}`;
    throw new DataError(labels.file, expected, `${labels.data.length}`);
  }
  const wrong = labels.data.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new DataError(labels.file, `labels from 0 to ${classes - 1}`, `${labels.data[wrong]} at ${wrong}`);
  }
  return { images: images.data, labels: labels.data, height, width, count };
}
