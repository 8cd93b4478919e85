import { at, type Preprocessing, present, type Recipe, type ResolvedRecipe } from "@nin/spec";
import { type ImageSource, imageBytes, isInMemory } from "./dataset.js";
import { DataError } from "./errors.js";

/** Mean and standard deviation of each channel of images scaled to [0, 1]. */
export interface ImageStatistics {
  readonly mean: readonly number[];
  /** Of the population: the root of the mean squared difference. */
  readonly std: readonly number[];
}

/** How many images are read at once. Units: bytes. */
const READ_BYTES = 2 ** 24;

/**
 * The statistics of stored bytes, before resize and augmentation, in float64: exact sums of bytes and of their squares.
 *
 * @throws DataError when the images cannot be read
 *
 * @example
 * ```ts
 * const { mean, std } = await imageStatistics(train);
 * ```
 */
export async function imageStatistics(source: ImageSource): Promise<ImageStatistics> {
  const { channels, height, width, count } = source;
  const size = imageBytes(source);
  const atOnce = Math.max(1, Math.floor(READ_BYTES / size));
  const histograms = Array.from({ length: channels }, () => new Float64Array(256));
  for (let start = 0; start < count; start += atOnce) {
    const length = Math.min(atOnce, count - start);
    const images = await imagesFrom(source, start, length);
    histograms.forEach((histogram, channel) => {
      const counts = new Uint32Array(256);
      for (let image = 0; image < length; image += 1) {
        const from = image * size + channel * height * width;
        countBytes(images, from, from + height * width, counts);
      }
      counts.forEach((often, byte) => {
        histogram[byte] = at(histogram, byte) + often;
      });
    });
  }
  const pixels = count * height * width;
  const moments = histograms.map((histogram) => momentsOf(histogram, pixels));
  return { mean: moments.map(({ mean }) => mean), std: moments.map(({ std }) => std) };
}

/** The bytes of images that follow each other. */
async function imagesFrom(source: ImageSource, start: number, length: number): Promise<Uint8Array> {
  const size = imageBytes(source);
  if (isInMemory(source)) return source.images.subarray(start * size, (start + length) * size);
  return source.read(Uint32Array.from({ length }, (_, index) => start + index));
}

/** Adds how often each value occurs. In integers and by index: each of millions of pixels takes a sixth of the time so. */
function countBytes(bytes: Uint8Array, from: number, to: number, counts: Uint32Array): void {
  for (let index = from; index < to; index += 1) {
    const byte = present(bytes[index]);
    counts[byte] = present(counts[byte]) + 1;
  }
}

/** From the number of pixels of each value. Units: fractions of 255. */
export function momentsOf(
  histogram: Float64Array,
  pixels: number,
): { readonly mean: number; readonly std: number } {
  const sum = histogram.reduce((total, often, byte) => total + often * byte, 0);
  const mean = sum / pixels;
  const squares = histogram.reduce((total, often, byte) => total + often * (byte - mean) ** 2, 0);
  return { mean: sum / (255 * pixels), std: Math.sqrt(squares / pixels) / 255 };
}

/**
 * A recipe whose preprocessing is numbers: `"data"` becomes the statistics of the training images, one number for each
 * of their channels; those of images with one channel serve all channels of the network.
 *
 * @param train - the training images, those set aside for validation excluded
 * @throws DataError (`NIN_DATA_OPTION`) when a channel has the same value everywhere, so that its std is 0
 *
 * @example
 * ```ts
 * const recipe = await resolveRecipe(builtinRecipe("robust"), train);
 * ```
 */
export async function resolveRecipe(recipe: Recipe, train: ImageSource): Promise<ResolvedRecipe> {
  const { mean, std } = recipe.preprocessing;
  if (mean !== "data" && std !== "data") return { ...recipe, preprocessing: { mean, std } };
  const statistics = await imageStatistics(train);
  const preprocessing: Preprocessing = {
    mean: mean === "data" ? oneOrEach(statistics.mean) : mean,
    std: std === "data" ? oneOrEach(statistics.std) : std,
  };
  const flat = std === "data" ? statistics.std.indexOf(0) : -1;
  if (flat >= 0) {
    const found = `channel ${flat} of ${train.name} with the same value in every pixel`;
    throw new DataError("preprocessing.std", "images that differ", found, { code: "NIN_DATA_OPTION" });
  }
  return { ...recipe, preprocessing };
}

/** One number of one channel, so that it serves all channels of the network. */
function oneOrEach(values: readonly number[]): number | readonly number[] {
  return values.length === 1 ? at(values, 0) : values;
}
