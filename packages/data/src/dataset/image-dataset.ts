import { at } from "@nin/spec";
import { MAX_CLASSES, quoted } from "./classes.js";
import { classLabels, type ImageDataset, shareableBytes } from "./dataset.js";
import { DataError } from "./errors.js";

/** Labelled images in arrays. */
export interface ImageArrays {
  /** For messages and run folders; `images` by default. */
  readonly name?: string;
  /** Bytes of all images, shape: [count, channels, height, width]; or an array of shape [channels, height, width] for each. */
  readonly images: Uint8Array | readonly Uint8Array[];
  /** The class of each image, from 0. Shape: [count]. */
  readonly labels: ArrayLike<number>;
  /** By default the numbers from 0 to the largest label. */
  readonly classNames?: readonly string[];
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Makes a data set of arrays, which are copied into memory that threads share.
 *
 * @throws DataError (`NIN_DATA_OPTION`) for sizes that do not agree, labels without a class, or less than two classes
 *
 * @example
 * ```ts
 * const train = imageDataset({
 *   images: new Uint8Array(4 * 28 * 28),
 *   labels: [0, 1, 0, 1],
 *   classNames: ["cat", "dog"],
 *   channels: 1,
 *   height: 28,
 *   width: 28,
 * });
 * ```
 */
export function imageDataset(arrays: ImageArrays): ImageDataset {
  const { name = "images", images, labels, channels, height, width } = arrays;
  for (const [option, extent] of Object.entries({ channels, height, width })) {
    if (!Number.isSafeInteger(extent) || extent < 1) throw refused(option, "a positive integer", `${extent}`);
  }
  const count = labels.length;
  if (count === 0) throw refused("labels", "at least one", "none");
  const bytes = bytesOf(images, count, channels * height * width);
  const classNames = arrays.classNames ?? numbered(labels);
  requireNames(classNames);
  const checked = classLabels(count, classNames.length);
  for (let index = 0; index < count; index += 1) {
    const label = at(labels, index);
    if (!Number.isSafeInteger(label) || label < 0 || label >= classNames.length)
      throw refused(`labels[${index}]`, `an integer from 0 to ${classNames.length - 1}`, `${label}`);
    checked[index] = label;
  }
  const described = { name, classes: classNames.length, classNames, channels, height, width };
  return { ...described, images: bytes, labels: checked, count };
}

function bytesOf(images: ImageArrays["images"], count: number, imageBytes: number): Uint8Array {
  const bytes = shareableBytes(count * imageBytes);
  if (images instanceof Uint8Array) {
    if (images.length !== bytes.length)
      throw refused("images", `${count} images of ${imageBytes} bytes, ${bytes.length}`, `${images.length}`);
    bytes.set(images);
    return bytes;
  }
  if (images.length !== count) throw refused("images", `one for each of ${count} labels`, `${images.length}`);
  images.forEach((image, index) => {
    if (!(image instanceof Uint8Array) || image.length !== imageBytes) {
      const found = image instanceof Uint8Array ? `${image.length}` : "another kind of array";
      throw refused(`images[${index}]`, `a Uint8Array of ${imageBytes} bytes`, found);
    }
    bytes.set(image, index * imageBytes);
  });
  return bytes;
}

function numbered(labels: ArrayLike<number>): readonly string[] {
  const largest = Array.from(labels).reduce((most, label) => Math.max(most, label), 0);
  // A label that is no class is reported where it is.
  const count = Number.isSafeInteger(largest) && largest < MAX_CLASSES ? largest + 1 : 2;
  return Array.from({ length: count }, (_, label) => `${label}`);
}

function requireNames(names: readonly string[]): void {
  if (names.length < 2 || names.length > MAX_CLASSES)
    throw refused("classNames", `2 to ${MAX_CLASSES}`, `${names.length}`);
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw refused("classNames", "names that differ", `${quoted(twice)} twice`);
}

function refused(option: string, expected: string, found: string): DataError {
  return new DataError(option, expected, found, { code: "NIN_DATA_OPTION" });
}
