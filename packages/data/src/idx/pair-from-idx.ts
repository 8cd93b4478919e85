import { at } from "@nin/spec";
import { MAX_CLASSES, requireClassCount } from "../dataset/classes.js";
import { type ClassLabels, classLabels, type DatasetPair, type ImageDataset } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { lumaOfPlanes, planesOfPixels } from "../dataset/planes.js";
import type { DatasetFile } from "./fashion-mnist.js";
import { type IdxArray, idxIntegers } from "./format.js";

/** The contents of an IDX file, in memory that threads can share, and its path for messages. */
export interface IdxFile extends IdxArray {
  readonly file: string;
}

/** What a data set of IDX files is called. */
export interface IdxNames {
  readonly name: string;
  /** By default the numbers from 0 to the largest label. */
  readonly classNames?: readonly string[];
  /** Whether colours are made grey. */
  readonly isGrey?: boolean;
}

/**
 * Makes a data set of its four files. The pixels of images with channels are reordered where they are.
 *
 * @throws DataError when a label has no class, when images and labels differ in number, or when training and test images
 *   differ in size or channels
 */
export function pairFromIdx(names: IdxNames, files: Readonly<Record<DatasetFile, IdxFile>>): DatasetPair {
  const { trainImages, testImages } = files;
  requireSameSize(trainImages, testImages);
  const labels = labelsFromIdx(names, files);
  const split = (images: IdxFile, ofSplit: ClassLabels): ImageDataset => {
    const { count, height, width, channels } = imageShape(images.shape);
    const isGrey = names.isGrey === true && channels === 3;
    return {
      ...{ name: names.name, classes: labels.classNames.length, classNames: labels.classNames },
      ...{ channels: isGrey ? 1 : channels, height, width, labels: ofSplit, count },
      images: planar(images.data, { count, channels, isGrey }),
    };
  };
  return { train: split(trainImages, labels.train), test: split(testImages, labels.test) };
}

/** The extents of images in an IDX file: [count, height, width] or [count, height, width, channels]. */
export function imageShape(shape: readonly number[]) {
  const [count, height, width] = [at(shape, 0), at(shape, 1), at(shape, 2)];
  return { count, height, width, channels: shape[3] ?? 1 };
}

/** @throws DataError unless training and test images have the same size and channels */
export function requireSameSize(
  train: Pick<IdxFile, "file" | "shape">,
  test: Pick<IdxFile, "file" | "shape">,
): void {
  const [expected, found] = [train.shape.slice(1).join(" x "), test.shape.slice(1).join(" x ")];
  if (expected === found) return;
  throw new DataError(test.file, `images of ${expected} as in ${train.file}`, found);
}

/** Labels as classes, from 0 on. */
export interface IdxLabels {
  readonly classNames: readonly string[];
  readonly train: ClassLabels;
  readonly test: ClassLabels;
}

/**
 * The labels of a data set's files, and as many classes as the largest of both splits asks for unless they have names.
 *
 * @throws DataError for labels without a class, and where they are not as many as the images
 */
export function labelsFromIdx(
  { classNames: given }: IdxNames,
  files: Readonly<
    Record<"trainImages" | "testImages", Pick<IdxFile, "file" | "shape">> &
      Record<"trainLabels" | "testLabels", IdxFile>
  >,
): IdxLabels {
  const train = integersFor(files.trainLabels, files.trainImages);
  const test = integersFor(files.testLabels, files.testImages);
  const most = (given?.length ?? MAX_CLASSES) - 1;
  const largest = Math.max(
    checkedLargest(train, most, files.trainLabels.file),
    checkedLargest(test, most, files.testLabels.file),
  );
  const classNames = given ?? Array.from({ length: largest + 1 }, (_, label) => `${label}`);
  requireClassCount(classNames.length, files.trainLabels.file);
  return {
    classNames,
    train: labelsOf(train, classNames.length),
    test: labelsOf(test, classNames.length),
  };
}

function integersFor(labels: IdxFile, images: Pick<IdxFile, "file" | "shape">): ArrayLike<number> {
  const [count, labelCount] = [at(images.shape, 0), at(labels.shape, 0)];
  if (labelCount === count) return idxIntegers(labels);
  const expected = `as many labels as there are images in ${images.file}, ${count}`;
  throw new DataError(labels.file, expected, `${labelCount}`);
}

function checkedLargest(labels: ArrayLike<number>, most: number, file: string): number {
  let largest = 0;
  for (let index = 0; index < labels.length; index += 1) {
    const label = at(labels, index);
    if (label < 0 || label > most)
      throw new DataError(file, `labels from 0 to ${most}`, `${label} at ${index}`);
    if (label > largest) largest = label;
  }
  return largest;
}

function labelsOf(integers: ArrayLike<number>, classes: number): ClassLabels {
  if (integers instanceof Uint8Array && classes <= 256) return integers;
  const labels = classLabels(integers.length, classes);
  labels.set(integers);
  return labels;
}

/** The images with their channels first, in the memory in which they are. */
function planar(
  data: Uint8Array,
  {
    count,
    channels,
    isGrey,
  }: { readonly count: number; readonly channels: number; readonly isGrey: boolean },
): Uint8Array {
  if (channels === 1) return data;
  const sizeBytes = data.length / count;
  const keptBytes = isGrey ? sizeBytes / 3 : sizeBytes;
  const scratch = new Uint8Array(sizeBytes);
  for (let image = 0; image < count; image += 1) {
    const own = data.subarray(image * sizeBytes, (image + 1) * sizeBytes);
    planesOfPixels(own, channels, scratch);
    if (isGrey) lumaOfPlanes(own, data.subarray(image * keptBytes, (image + 1) * keptBytes));
  }
  return data.subarray(0, count * keptBytes);
}
