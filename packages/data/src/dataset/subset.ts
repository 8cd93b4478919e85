import { at } from "@nin/spec";
import {
  type ClassLabels,
  classLabels,
  type ImageDataset,
  type ImageSource,
  imageBytes,
  isInMemory,
  type StoredDataset,
  shareableBytes,
} from "./dataset.js";
import { DataError } from "./errors.js";

/**
 * The images at these positions as a data set of their own, in which they have the positions 0, 1, 2, ... In memory it is
 * a view where the positions follow one another without a gap, and otherwise a copy. A subset of a stored data set reads
 * from the same file.
 *
 * @param positions - at least one
 * @throws DataError (`NIN_DATA_OPTION`) for a position that is not in the data set, or for none
 *
 * @example
 * ```ts
 * const validation = subset(train, splitPositions(train.count, 0.1, recipe.seed, "validation").taken);
 * ```
 */
export function subset(source: ImageDataset, positions: Uint32Array): ImageDataset;
export function subset(source: ImageSource, positions: Uint32Array): ImageSource;
export function subset(source: ImageSource, positions: Uint32Array): ImageSource {
  requirePositions(source.count, positions);
  const first = at(positions, 0);
  const isRange = positions.every((position, index) => position === first + index);
  if (isRange) return range(source, first, positions.length);
  return isInMemory(source) ? copied(source, positions) : mapped(source, positions);
}

/**
 * The first `count` images, without copying; all when there are fewer.
 *
 * @throws DataError (`NIN_DATA_OPTION`) unless `count` is a positive integer
 */
export function firstImages(source: ImageDataset, count: number): ImageDataset;
export function firstImages(source: ImageSource, count: number): ImageSource;
export function firstImages(source: ImageSource, count: number): ImageSource {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new DataError("limit", "a positive integer", `${count}`, { code: "NIN_DATA_OPTION" });
  }
  return count >= source.count ? source : range(source, 0, count);
}

/**
 * Checks that there are positions, all of them of images.
 *
 * @throws DataError (`NIN_DATA_OPTION`)
 */
export function requirePositions(count: number, positions: Uint32Array): void {
  if (positions.length === 0)
    throw new DataError("positions", "at least one", "none", { code: "NIN_DATA_OPTION" });
  const wrong = positions.findIndex((position) => position >= count);
  if (wrong < 0) return;
  const found = `${at(positions, wrong)}`;
  throw new DataError(`positions[${wrong}]`, `0 to ${count - 1}`, found, { code: "NIN_DATA_OPTION" });
}

function range(source: ImageSource, start: number, count: number): ImageSource {
  const labels = source.labels.subarray(start, start + count);
  if (!isInMemory(source)) return remapped(source, labels, (position) => start + position);
  const size = imageBytes(source);
  return { ...source, images: source.images.subarray(start * size, (start + count) * size), labels, count };
}

function copied(source: ImageDataset, positions: Uint32Array): ImageDataset {
  const size = imageBytes(source);
  const images = shareableBytes(positions.length * size);
  positions.forEach((position, index) => {
    images.set(source.images.subarray(position * size, (position + 1) * size), index * size);
  });
  return { ...source, images, labels: labelsAt(source, positions), count: positions.length };
}

function mapped(source: StoredDataset, positions: Uint32Array): StoredDataset {
  const own = positions.slice();
  return remapped(source, labelsAt(source, own), (position) => at(own, position));
}

/** A stored data set whose images are those of another one, elsewhere. */
function remapped(
  source: StoredDataset,
  labels: ClassLabels,
  place: (position: number) => number,
): StoredDataset {
  const { name, classes, classNames, channels, height, width } = source;
  const count = labels.length;
  return {
    ...{ name, classes, classNames, channels, height, width, labels, count },
    read: async (positions) => {
      requirePositions(count, positions);
      return source.read(positions.map(place));
    },
    announce: (batches) => source.announce?.(placed(batches, place)),
  };
}

function* placed(
  batches: Iterable<Uint32Array>,
  place: (position: number) => number,
): Generator<Uint32Array, void> {
  for (const batch of batches) yield batch.map(place);
}

function labelsAt({ labels, classes }: ImageSource, positions: Uint32Array): ClassLabels {
  const chosen = classLabels(positions.length, classes);
  positions.forEach((position, index) => {
    chosen[index] = at(labels, position);
  });
  return chosen;
}
