import { looksLikePath } from "@nin/files";
import { builtinRecipe, parseRecipe, type Recipe, SpecError, shownText } from "@nin/spec";
import { UsageError } from "../errors/usage-error.js";
import { readJson } from "./json-file.js";

/** What `nin train` and `nin init` use. */
export const DEFAULT_RECIPE = "robust";

/** Flags that replace a recipe's own values. */
export interface RecipeOverrides {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly seed?: number;
  readonly validationFraction?: number;
  /** The patience of early stopping. */
  readonly earlyStopping?: number;
}

/** A recipe to train with. */
export interface TrainingRecipe {
  readonly recipe: Recipe;
  /** Whether epochs and warm-up are suited to the number of training images, when that is known. */
  readonly isSized: boolean;
  /** The epochs that were asked for; a recipe that is sized keeps to them. */
  readonly epochs?: number;
}

/**
 * The recipe that `--recipe` names, with the flags applied. The built-in `robust` is suited to the data, unlike a file.
 *
 * @throws `UsageError`, `SpecError`.
 */
export async function readTrainingRecipe(text: string, overrides: RecipeOverrides): Promise<TrainingRecipe> {
  const { epochs } = overrides;
  const recipe = await readRecipeArgument(text, overrides);
  return { recipe, isSized: text === "robust", ...(epochs !== undefined && { epochs }) };
}

/**
 * The recipe that `--recipe` names, a built-in or a file, with the flags applied.
 *
 * @throws `UsageError`, `SpecError`.
 */
export async function readRecipeArgument(text: string, overrides: RecipeOverrides = {}): Promise<Recipe> {
  const { validationFraction, earlyStopping } = overrides;
  const validation = validationFraction === undefined ? {} : { validation: { fraction: validationFraction } };
  const recipe = looksLikePath(text)
    ? await readRecipeFile(text, validation)
    : parseRecipe({ ...builtinRecipe(text), ...validation });
  if (earlyStopping !== undefined && recipe.validation === undefined) {
    throw new UsageError(
      "--early-stopping needs images to watch: set some aside with --validation-fraction, such as 0.1",
    );
  }
  const { epochs = recipe.epochs, batchSize = recipe.batchSize, seed = recipe.seed } = overrides;
  const learningRate = overrides.lr ?? recipe.optimizer.learningRate;
  return parseRecipe({
    ...recipe,
    epochs,
    batchSize,
    seed,
    optimizer: { ...recipe.optimizer, learningRate },
    ...(earlyStopping !== undefined && {
      earlyStopping: { ...recipe.earlyStopping, patience: earlyStopping },
    }),
  });
}

/** @param replaced - fields that a flag gives: a file need not have them, also where it would be wrong without */
async function readRecipeFile(path: string, replaced: object): Promise<Recipe> {
  const json = await readJson(path, "recipe");
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  try {
    return parseRecipe(isObject ? { ...json, ...replaced } : json);
  } catch (error) {
    if (error instanceof SpecError)
      throw new UsageError(`recipe ${shownText(path, 4096)}: ${error.message}`, { cause: error });
    throw error;
  }
}
