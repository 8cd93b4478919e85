import { type DatasetPair, type ImageDataset, shareableBytes } from "../dataset.js";
import { DataError } from "../errors.js";
import { type IdxArray, parseIdx } from "../idx.js";
import { areFashionMnistLabels, type DatasetFile, fashionMnistClassNames } from "./fashion-mnist.js";

/** An IDX file's bytes, unpacked, and its path for messages. */
export interface IdxFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

const CLASSES = 10;

/**
 * A data set from its four files. It is called `fashion-mnist` when it has that set's test labels,
 * else `name`, its classes then being `0` to `9`.
 *
 * Throws: `DataError` when a file is not strict IDX, a label is above 9, images and labels differ
 * in number, or training and test images in size.
 */
export function pairFromIdx(name: string, files: Readonly<Record<DatasetFile, IdxFile>>): DatasetPair {
  const train = splitFromIdx(files.trainImages, files.trainLabels);
  const test = splitFromIdx(files.testImages, files.testLabels);
  if (train.height !== test.height || train.width !== test.width) {
    const expected = `images of ${train.height} x ${train.width} as in ${files.trainImages.file}`;
    throw new DataError(files.testImages.file, expected, `${test.height} x ${test.width}`);
  }
  const known = areFashionMnistLabels(test.labels);
  const description = {
    name: known ? "fashion-mnist" : name,
    classes: CLASSES,
    classNames: known ? fashionMnistClassNames : Array.from({ length: CLASSES }, (_, label) => `${label}`),
    channels: 1,
  };
  return { train: { ...description, ...train }, test: { ...description, ...test } };
}

type Split = Pick<ImageDataset, "images" | "labels" | "height" | "width" | "count">;

function splitFromIdx(imageFile: IdxFile, labelFile: IdxFile): Split {
  const images = parseIdx(imageFile.bytes, { file: imageFile.file, content: "images" });
  const labels = parseIdx(labelFile.bytes, { file: labelFile.file, content: "labels" });
  const [count = 0, height = 0, width = 0] = images.shape;
  if (labels.data.length !== count) {
    const expected = `as many labels as there are images in ${imageFile.file}, ${count}`;
    throw new DataError(labelFile.file, expected, `${labels.data.length}`);
  }
  const wrong = labels.data.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    throw new DataError(
      labelFile.file,
      `labels from 0 to ${CLASSES - 1}`,
      `${labels.data[wrong]} at ${wrong}`,
    );
  }
  return { images: shared(images), labels: shared(labels), height, width, count };
}

function shared({ data }: IdxArray): Uint8Array {
  const bytes = shareableBytes(data.length);
  bytes.set(data);
  return bytes;
}
