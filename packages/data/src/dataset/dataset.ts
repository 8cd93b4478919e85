import { DataError } from "./errors.js";

/** Labelled images of one size, as bytes. */
export interface ImageDataset {
  /** `fashion-mnist`, `synthetic`, or the path of a folder. */
  readonly name: string;
  /** The number of classes. */
  readonly classes: number;
  /** The name of each class. */
  readonly classNames: readonly string[];
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Shape: [count, channels, height, width], row-major. In shared memory where the platform has it. */
  readonly images: Uint8Array;
  /** Shape: [count]; values from 0 to classes - 1. In shared memory where the platform has it. */
  readonly labels: Uint8Array;
  readonly count: number;
}

/** The images to train on and the images to evaluate with. */
export interface DatasetPair {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
}

/**
 * The first `count` images, without copying; all when there are fewer.
 *
 * @throws DataError unless `count` is a positive integer
 */
export function firstImages(dataset: ImageDataset, count: number): ImageDataset {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new DataError("limit", "a positive integer", `${count}`, { code: "NIN_DATA_OPTION" });
  }
  if (count >= dataset.count) return dataset;
  const images = dataset.images.subarray(0, count * imageBytes(dataset));
  return { ...dataset, images, labels: dataset.labels.subarray(0, count), count };
}

/**
 * The images and labels at these positions, in this order. Shapes: [N, channels, height, width] and [N].
 *
 * @throws DataError for a position that is not in the data set
 */
export function gatherImages(
  dataset: ImageDataset,
  indices: Uint32Array,
): { readonly images: Uint8Array; readonly labels: Uint8Array } {
  const size = imageBytes(dataset);
  const images = new Uint8Array(indices.length * size);
  const labels = new Uint8Array(indices.length);
  indices.forEach((index, position) => {
    const label = dataset.labels[index];
    if (label === undefined) {
      const expected = `0 to ${dataset.count - 1}`;
      throw new DataError(`indices[${position}]`, expected, `${index}`, { code: "NIN_DATA_OPTION" });
    }
    images.set(dataset.images.subarray(index * size, (index + 1) * size), position * size);
    labels[position] = label;
  });
  return { images, labels };
}

/** Zeroed bytes, which worker threads can share without copying where the platform has shared memory. */
export function shareableBytes(length: number): Uint8Array {
  if (typeof SharedArrayBuffer === "undefined") return new Uint8Array(length);
  return new Uint8Array(new SharedArrayBuffer(length));
}

function imageBytes({ channels, height, width }: ImageDataset): number {
  return channels * height * width;
}
