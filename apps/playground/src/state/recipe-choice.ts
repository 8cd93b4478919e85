import { builtinRecipe, parseRecipe, type Recipe } from "@nin/spec";

/** What a person chose of a recipe; undefined is the recipe's own. */
export interface RecipeChoice {
  readonly name: "robust" | "d2l";
  readonly learningRate?: number;
  readonly batchSize?: number;
  readonly epochs?: number;
  readonly seed: number;
  /** The part of the training images that is set aside; 0 for none. */
  readonly validationFraction: number;
}

export const FIRST_RECIPE: RecipeChoice = { name: "robust", seed: 0, validationFraction: 0 };

/**
 * The recipe as `nin train` would have it with the same flags.
 *
 * @throws `SpecError` for a value that is none
 */
export function recipeOf({
  name,
  learningRate,
  batchSize,
  epochs,
  seed,
  validationFraction,
}: RecipeChoice): Recipe {
  const own: Recipe = builtinRecipe(name);
  return parseRecipe({
    ...own,
    optimizer: { ...own.optimizer, ...(learningRate !== undefined && { learningRate }) },
    ...(batchSize !== undefined && { batchSize }),
    ...(epochs !== undefined && { epochs }),
    ...(validationFraction > 0 && { validation: { fraction: validationFraction } }),
    seed,
  });
}
