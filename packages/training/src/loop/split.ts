import { type ImageSource, subset } from "@nin/data";
import { type Recipe, splitPositions } from "@nin/spec";

/** The images that a run trains on, and those that it chooses by. */
export interface TrainingSplit {
  readonly train: ImageSource;
  /** Missing where the recipe has no validation. */
  readonly validation?: ImageSource;
}

/**
 * Sets images aside for validation, as the recipe says: chosen by its seed, both parts in their former order. Images in
 * memory are copied; others stay in their file.
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

/** How many of so many images the training part has, which `splitValidation` gives. */
export function trainingImageCount(count: number, { validation }: Pick<Recipe, "validation">): number {
  return validation === undefined ? count : count - Math.floor(count * validation.fraction + 0.5);
}
