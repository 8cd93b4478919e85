import { builtinRecipe, parseRecipe, type Recipe, SpecError, shownText } from "@nin/spec";
import { UsageError } from "../errors/usage-error.js";
import { looksLikePath, readJson } from "./json-file.js";

/** Flags that replace a recipe's own values. */
export interface RecipeOverrides {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly seed?: number;
}

/**
 * The recipe that `--recipe` names, a built-in or a file, with the flags applied.
 *
 * @throws `UsageError`, `SpecError`.
 */
export async function readRecipeArgument(text: string, overrides: RecipeOverrides = {}): Promise<Recipe> {
  const recipe = looksLikePath(text) ? await readRecipeFile(text) : builtinRecipe(text);
  const { epochs = recipe.epochs, batchSize = recipe.batchSize, seed = recipe.seed } = overrides;
  const learningRate = overrides.lr ?? recipe.optimizer.learningRate;
  return parseRecipe({
    ...recipe,
    epochs,
    batchSize,
    seed,
    optimizer: { ...recipe.optimizer, learningRate },
  });
}

async function readRecipeFile(path: string): Promise<Recipe> {
  const json = await readJson(path, "recipe");
  try {
    return parseRecipe(json);
  } catch (error) {
    if (error instanceof SpecError)
      throw new UsageError(`recipe ${shownText(path, 4096)}: ${error.message}`, { cause: error });
    throw error;
  }
}
