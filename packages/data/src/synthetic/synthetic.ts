import { at, philoxKey } from "@nin/spec";
import { type DatasetPair, type ImageDataset, shareableBytes } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { renderImage } from "./render.js";
import { shapes } from "./shapes.js";

/** The size and the seed of a synthetic data set. */
export interface SyntheticOptions {
  /** The seed of its random numbers; 0 by default. */
  readonly seed?: number;
  /** The number of training images; 6,000 by default. */
  readonly train?: number;
  /** The number of test images; 1,000 by default. */
  readonly test?: number;
  /** Height and width; 28 by default, at least 8. Units: pixels. */
  readonly size?: number;
}

/**
 * A synthetic data set: ten classes of grey shapes, the same for the same options on every machine. Image i belongs to
 * class i mod 10, so that any leading part is balanced; an image does not depend on how many there are.
 *
 * @throws DataError for an invalid option
 *
 * @example
 * ```ts
 * const { train, test } = syntheticDataset({ train: 2000, test: 500 });
 * ```
 */
export function syntheticDataset(options: SyntheticOptions = {}): DatasetPair {
  const { seed = 0, train = 6000, test = 1000, size = 28 } = options;
  check("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  check("train", train, 1, 10_000_000);
  check("test", test, 1, 10_000_000);
  check("size", size, 8, 1024);
  return { train: renderSplit(seed, 0, train, size), test: renderSplit(seed, 1, test, size) };
}

function renderSplit(seed: number, split: 0 | 1, count: number, size: number): ImageDataset {
  const key = philoxKey(seed);
  const images = shareableBytes(count * size * size);
  const labels = shareableBytes(count);
  for (let index = 0; index < count; index += 1) {
    const label = index % shapes.length;
    labels[index] = label;
    const pixels = images.subarray(index * size * size, (index + 1) * size * size);
    renderImage({ key, split, index }, at(shapes, label).distance, size, pixels);
  }
  return {
    name: "synthetic",
    classes: shapes.length,
    classNames: shapes.map(({ name }) => name),
    channels: 1,
    height: size,
    width: size,
    images,
    labels,
    count,
  };
}

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const expected = `an integer from ${least} to ${most}`;
  throw new DataError(`synthetic ${name}`, expected, `${value}`, { code: "NIN_DATA_OPTION" });
}
