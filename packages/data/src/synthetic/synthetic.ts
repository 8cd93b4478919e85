import { philoxKey } from "@nin/spec";
import { type DatasetPair, type ImageDataset, shareableBytes } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { drawImage } from "./render.js";
import { shapes } from "./shapes.js";

/** How much is drawn. */
export interface SyntheticOptions {
  /** 0 by default. */
  readonly seed?: number;
  /** Training images; 6,000 by default. */
  readonly train?: number;
  /** Test images; 1,000 by default. */
  readonly test?: number;
  /** Height and width; 28 by default, at least 8. Units: pixels. */
  readonly size?: number;
}

/**
 * Ten classes of grey shapes, drawn: the same for the same options on every machine. Image i is of
 * class i mod 10, so that any first part is balanced; an image does not depend on how many there are.
 *
 * Throws: `DataError`.
 */
export function syntheticDataset(options: SyntheticOptions = {}): DatasetPair {
  const { seed = 0, train = 6000, test = 1000, size = 28 } = options;
  check("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  check("train", train, 1, 10_000_000);
  check("test", test, 1, 10_000_000);
  check("size", size, 8, 1024);
  return { train: drawSplit(seed, 0, train, size), test: drawSplit(seed, 1, test, size) };
}

function drawSplit(seed: number, split: 0 | 1, count: number, size: number): ImageDataset {
  const key = philoxKey(seed);
  const images = shareableBytes(count * size * size);
  const labels = shareableBytes(count);
  for (let index = 0; index < count; index += 1) {
    const label = index % shapes.length;
    const shape = shapes[label];
    if (shape === undefined) continue;
    labels[index] = label;
    const pixels = images.subarray(index * size * size, (index + 1) * size * size);
    drawImage({ key, split, index }, shape.distance, size, pixels);
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
