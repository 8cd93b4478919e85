import type { ImageFormat } from "@nin/data";
import { at } from "@nin/spec";

/** What the images of a data set have at their edges: black on most, white on most, or anything. */
export type Background = "dark" | "light" | "mixed";

/** So many images are looked at. */
const MOST_LOOKED_AT = 256;
/** The mean at the edges of an image that is dark or light there. Units: bytes. */
const DARK = 64;
const LIGHT = 191;
/** The share of such images that makes a data set one. */
const SHARE = 0.9;

/**
 * What the images of a data set have at their edges, which decides how a photograph must be changed to be one of them.
 *
 * @param images - some of them, the first ones are enough. Shape: [N, channels, height, width]
 *
 * @example
 * ```ts
 * const background = backgroundOf(train.images, train);
 * ```
 */
export function backgroundOf(images: Uint8Array, format: ImageFormat): Background {
  const size = format.channels * format.height * format.width;
  const count = Math.min(MOST_LOOKED_AT, Math.floor(images.length / size));
  const means = Array.from({ length: count }, (_, index) =>
    edgeMean(images.subarray(index * size, (index + 1) * size), format),
  );
  if (count === 0) return "mixed";
  if (means.filter((mean) => mean < DARK).length >= SHARE * count) return "dark";
  if (means.filter((mean) => mean > LIGHT).length >= SHARE * count) return "light";
  return "mixed";
}

/** Whether a picture has the other background than the images of its data set. */
export function needsInversion(pixels: Uint8Array, format: ImageFormat, background: Background): boolean {
  if (background === "mixed") return false;
  const isLight = edgeMean(pixels, format) >= 128;
  return isLight === (background === "dark");
}

/** The mean of the outermost pixels of all channels. Units: bytes. */
export function edgeMean(pixels: Uint8Array, { channels, height, width }: ImageFormat): number {
  let [sum, count] = [0, 0];
  for (let channel = 0; channel < channels; channel += 1) {
    for (let y = 0; y < height; y += 1) {
      const isOuterRow = y === 0 || y === height - 1;
      for (let x = 0; x < width; x += 1) {
        if (!isOuterRow && x > 0 && x < width - 1) continue;
        sum += at(pixels, (channel * height + y) * width + x);
        count += 1;
      }
    }
  }
  return sum / count;
}
