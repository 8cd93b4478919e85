import { gatherBytes } from "@nin/spec";
import { DataError } from "./errors.js";

/** One label per image: in bytes where there are at most 256 classes. */
export type ClassLabels = Uint8Array | Uint16Array;

/** What is known of labelled images of one size, wherever their bytes are. */
export interface ImageSetDescription {
  /** `fashion-mnist`, `synthetic`, or the path of a folder. */
  readonly name: string;
  /** The number of classes. */
  readonly classes: number;
  /** The name of each class. */
  readonly classNames: readonly string[];
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Shape: [count]; values from 0 to classes - 1. In shared memory where the platform has it. */
  readonly labels: ClassLabels;
  readonly count: number;
}

/** Labelled images of one size, as bytes in memory. */
export interface ImageDataset extends ImageSetDescription {
  /** Shape: [count, channels, height, width], row-major. In shared memory where the platform has it. */
  readonly images: Uint8Array;
}

/** Labelled images of one size that do not fit in memory: read where they are needed. */
export interface StoredDataset extends ImageSetDescription {
  /**
   * The images at these positions, in this order.
   *
   * @returns shape [N, channels, height, width]; the caller's own, in memory of its own
   * @throws DataError for a position that is not in the data set, or a file that cannot be read
   */
  read(positions: Uint32Array): Promise<Uint8Array>;
  /**
   * Says which batches will be read next, in order, so that they can be read ahead. Batches that were announced
   * before and not read are forgotten.
   */
  announce?(batches: Iterable<Uint32Array>): void;
  /**
   * The SHA-256 of all images' bytes followed by the labels', where it is known without reading them. Units: hexadecimal.
   */
  readonly sha256?: string;
  /** Closes the file, after which nothing can be read. A process can end without it. */
  dispose?(): Promise<void>;
}

/** Labelled images, in memory or not. */
export type ImageSource = ImageDataset | StoredDataset;

/** The images to train on and the images to evaluate with. */
export interface DatasetPair<Source extends ImageSource = ImageDataset> {
  readonly train: Source;
  readonly test: Source;
}

/** Whether a data set's images are in memory. */
export function isInMemory(source: ImageSource): source is ImageDataset {
  return "images" in source;
}

/**
 * The images at these positions, in this order, from memory or from a file. Shape: [N, channels, height, width].
 *
 * @throws DataError for a position that is not in the data set, or a file that cannot be read
 */
export async function readImages(source: ImageSource, positions: Uint32Array): Promise<Uint8Array> {
  return isInMemory(source) ? gatherImages(source, positions).images : source.read(positions);
}

/**
 * The images and labels at these positions, in this order. Shapes: [N, channels, height, width] and [N].
 *
 * @throws DataError for a position that is not in the data set
 */
export function gatherImages(
  dataset: ImageDataset,
  indices: Uint32Array,
): { readonly images: Uint8Array; readonly labels: ClassLabels } {
  const labels = classLabels(indices.length, dataset.classes);
  indices.forEach((index, position) => {
    const label = dataset.labels[index];
    if (label === undefined) {
      const expected = `0 to ${dataset.count - 1}`;
      throw new DataError(`indices[${position}]`, expected, `${index}`, { code: "NIN_DATA_OPTION" });
    }
    labels[position] = label;
  });
  return { images: gatherBytes(dataset.images, imageBytes(dataset), indices), labels };
}

/** Zeroed labels of as many images, in memory that threads share where the platform has it. */
export function classLabels(count: number, classes: number): ClassLabels {
  if (classes <= 256) return shareableBytes(count);
  const { buffer } = shareableBytes(2 * count);
  return new Uint16Array(buffer);
}

/** Zeroed bytes, which worker threads can share without copying where the platform has shared memory. */
export function shareableBytes(length: number): Uint8Array {
  if (typeof SharedArrayBuffer === "undefined") return new Uint8Array(length);
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** The size of one image. */
export function imageBytes({ channels, height, width }: ImageSetDescription): number {
  return channels * height * width;
}
