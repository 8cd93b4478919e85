import {
  type ClassLabels,
  type ImageDataset,
  type ImageSource,
  readImages,
  type StoredDataset,
  shareableBytes,
} from "@nin/data";
import { at, type Recipe, splitPositions } from "@nin/spec";

/** How many images are copied at once. Units: bytes. */
const COPY_BYTES = 2 ** 24;

/** The images that a run trains on, and those that it chooses by. */
export interface TrainingSplit {
  readonly train: ImageSource;
  /** Missing where the recipe has no validation. */
  readonly validation?: ImageSource;
}

/**
 * Sets images aside for validation, as the recipe says: chosen by its seed, both parts in their former order. Nothing
 * is copied; the parts read from the data set they were made from.
 *
 * `trainModel` does this by itself. A caller needs it for what the training part decides: the statistics of `"data"` in
 * a recipe, and `sizedRecipe`.
 *
 * @param train - the training images of a data set, already limited
 * @throws SpecError when the split would have no image, or leave none
 *
 * @example
 * ```ts
 * const { train } = splitValidation(data.train, recipe);
 * const resolved = await resolveRecipe(recipe, train);
 * ```
 */
export function splitValidation(
  train: ImageSource,
  { validation, seed }: Pick<Recipe, "validation" | "seed">,
): TrainingSplit {
  if (validation === undefined) return { train };
  const { kept, taken } = splitPositions(train.count, validation.fraction, seed, "validation");
  return { train: subset(train, kept), validation: subset(train, taken) };
}

/** Some images of a data set, numbered from 0 in the order of their positions there. */
function subset(source: ImageSource, positions: Uint32Array): StoredDataset {
  const { name, classes, classNames, channels, height, width } = source;
  const labels = newLabels(positions.length, classes);
  positions.forEach((position, index) => {
    labels[index] = at(source.labels, position);
  });
  const inSource = (own: Uint32Array): Uint32Array => own.map((index) => at(positions, index));
  const announce = "images" in source ? undefined : source.announce?.bind(source);
  return {
    ...{ name, classes, classNames, channels, height, width, labels },
    count: positions.length,
    read: (own) => readImages(source, inSource(own)),
    ...(announce && { announce: (batches) => announce(mapped(batches, inSource)) }),
  };
}

/** A copy in memory that threads share where the platform has it. */
export async function inMemory(source: ImageSource): Promise<ImageDataset> {
  const { name, classes, classNames, channels, height, width, labels, count } = source;
  const size = channels * height * width;
  const images = shareableBytes(count * size);
  const atOnce = Math.max(1, Math.floor(COPY_BYTES / size));
  for (let start = 0; start < count; start += atOnce) {
    images.set(await readImages(source, range(start, Math.min(start + atOnce, count))), start * size);
  }
  return { name, classes, classNames, channels, height, width, labels, count, images };
}

/** The positions from `start` to before `end`. */
export function range(start: number, end: number): Uint32Array {
  return Uint32Array.from({ length: end - start }, (_, index) => start + index);
}

function newLabels(count: number, classes: number): ClassLabels {
  if (classes <= 256) return shareableBytes(count);
  return new Uint16Array(shareableBytes(2 * count).buffer);
}

function* mapped<Item>(items: Iterable<Item>, map: (item: Item) => Item): Generator<Item> {
  for (const item of items) yield map(item);
}
