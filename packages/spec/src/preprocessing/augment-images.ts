import { PURPOSE, philox, philoxKey } from "../random/philox.js";
import { scaledWord } from "../random/random.js";
import { present } from "../reading/present.js";
import type { Augmentation } from "../recipe/augmentation.js";

/** When an image is augmented. */
export interface AugmentationKey {
  /** The run's seed. */
  readonly seed: number;
  /** The epoch, from 0. */
  readonly epoch: number;
}

/** What happens to one image: `out[y][x] = in[y + dy][x' + dx]`, with `x' = width - 1 - x` when it is flipped, else `x`. */
export interface ImageAugmentation {
  readonly flipped: boolean;
  /** Units: rows. */
  readonly dy: number;
  /** Units: columns. */
  readonly dx: number;
}

/** An image is flipped when its random word, from 0 to 2^32 - 1, is below this. */
export function flipThreshold({ horizontalFlip }: Augmentation): number {
  return Math.ceil(horizontalFlip * 2 ** 32);
}

/** How each image is augmented, by its position in the training images; the same on every backend. */
export function imageAugmentations(
  augmentation: Augmentation,
  { seed, epoch }: AugmentationKey,
  positions: Uint32Array,
): readonly ImageAugmentation[] {
  const key = philoxKey(seed);
  const words = new Uint32Array(4);
  const threshold = flipThreshold(augmentation);
  const { cropPadding } = augmentation;
  const offset = (word: number): number => scaledWord(word, 2 * cropPadding + 1) - cropPadding;
  return Array.from(positions, (position) => {
    philox(key, position, 0, epoch, PURPOSE.augmentation, words);
    const [flip, vertical, horizontal] = [present(words[0]), present(words[1]), present(words[2])];
    return { flipped: flip < threshold, dy: offset(vertical), dx: offset(horizontal) };
  });
}

/** The size of an image. Units: pixels. */
export interface AugmentedSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Augments images on the host, before any resize.
 *
 * @param images - shape [N, channels, height, width]; not changed
 * @param positions - of each image in the training images, [N]
 * @returns the augmented images, of the same shape
 *
 * @example
 * ```ts
 * import { augmentImages } from "@nin/spec";
 *
 * const image = Uint8Array.from([1, 2, 3, 4]);
 * const size = { channels: 1, height: 2, width: 2 };
 * const augmentation = { horizontalFlip: 1, cropPadding: 0 };
 * const flipped = augmentImages(image, size, augmentation, { seed: 0, epoch: 0 }, Uint32Array.of(0));
 * console.log(flipped); // 2, 1, 4, 3
 * ```
 */
export function augmentImages(
  images: Uint8Array,
  size: AugmentedSize,
  augmentation: Augmentation,
  key: AugmentationKey,
  positions: Uint32Array,
): Uint8Array {
  return augmented(images, size, imageAugmentations(augmentation, key, positions), (place) => place);
}

/**
 * The images of a data set at these positions, copied one after another.
 *
 * @param images - all images, imageBytes each; not changed
 * @param positions - [N], each of an image that is there
 * @returns N images of imageBytes
 */
export function gatherBytes(images: Uint8Array, imageBytes: number, positions: Uint32Array): Uint8Array {
  const gathered = new Uint8Array(positions.length * imageBytes);
  positions.forEach((position, place) => {
    gathered.set(images.subarray(position * imageBytes, (position + 1) * imageBytes), place * imageBytes);
  });
  return gathered;
}

/**
 * The images of a data set at these positions, augmented as `augmentImages` does, in one copy.
 *
 * @param images - all training images, [images, channels, height, width]; not changed
 * @param positions - [N]
 * @returns [N, channels, height, width]
 */
export function gatherAugmented(
  images: Uint8Array,
  size: AugmentedSize,
  augmentation: Augmentation,
  key: AugmentationKey,
  positions: Uint32Array,
): Uint8Array {
  const drawn = imageAugmentations(augmentation, key, positions);
  return augmented(images, size, drawn, (place) => present(positions[place]));
}

function augmented(
  images: Uint8Array,
  { channels, height, width }: AugmentedSize,
  drawn: readonly ImageAugmentation[],
  imageOf: (place: number) => number,
): Uint8Array {
  const rows = channels * height;
  const result = new Uint8Array(drawn.length * rows * width);
  drawn.forEach(({ flipped, dy, dx }, place) => {
    // Columns of the output whose source, x' + dx, is inside the image.
    const shift = flipped ? -dx : dx;
    const firstX = Math.max(0, -shift);
    const endX = Math.min(width, width - shift);
    for (let row = 0; row < rows; row += 1) {
      const y = (row % height) + dy;
      if (y < 0 || y >= height || firstX >= endX) continue;
      const to = (place * rows + row) * width;
      const from = (imageOf(place) * rows + row + dy) * width + dx;
      if (!flipped) {
        result.set(images.subarray(from + firstX, from + endX), to + firstX);
        continue;
      }
      for (let x = firstX; x < endX; x += 1) result[to + x] = present(images[from + width - 1 - x]);
    }
  });
  return result;
}
