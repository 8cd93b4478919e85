import { defineRecipe } from "../authoring/define.js";
import { SpecError } from "../reading/errors.js";
import type { Recipe, ResolvedRecipe } from "../recipe/recipe.js";

/** The tutorial's recipe, with PyTorch's default biases. It is fragile: many runs stay on a plateau at ln 10. */
const d2l = defineRecipe({
  name: "d2l",
  optimizer: { kind: "sgd", learningRate: 0.05, momentum: 0, weightDecay: 0 },
  schedule: { kind: "constant", warmupSteps: 0 },
  preprocessing: { mean: 0, std: 1 },
  batchSize: 128,
  epochs: 10,
  seed: 0,
  init: { weight: "xavierUniform", bias: "uniformFanIn", overrides: {} },
});

/**
 * Ours, which trains every time: the last layer's bias is far above 0, where a ReLU behind that layer would keep a class's
 * score for good, and random weights move each score by about 1 at first. Small batches and a short memory of squared
 * gradients make two epochs of Fashion-MNIST enough; `sizedRecipe` suits it to other data. Tried variants: docs/decisions.
 */
const robust = defineRecipe({
  name: "robust",
  optimizer: { kind: "adamw", learningRate: 0.003, beta2: 0.98, weightDecay: 0.05 },
  schedule: { kind: "cosine", warmupSteps: 200 },
  preprocessing: { mean: "data", std: "data" },
  batchSize: 32,
  epochs: 2,
  seed: 0,
  init: { weight: "heUniform", bias: "zeros", overrides: { last: { bias: 5 } } },
});

/** The built-in recipes, by name. */
export const builtinRecipes: readonly Recipe[] = [d2l, robust];

/** The fewest epochs and steps in which a network learns with `robust`. */
const ENOUGH = { epochs: 2, steps: 2000 };

/** The tutorial's recipe, whose preprocessing is numbers. */
export function builtinRecipe(name: "d2l"): ResolvedRecipe;
/** @throws `SpecError` for an unknown name. */
export function builtinRecipe(name: string): Recipe;
export function builtinRecipe(name: string): Recipe {
  const recipe = builtinRecipes.find((candidate) => candidate.name === name);
  if (recipe !== undefined) return recipe;
  throw new SpecError("recipe", `one of ${builtinRecipes.map((known) => known.name).join(", ")}`, name);
}

/**
 * A recipe with epochs and warm-up that suit the number of training images, as `nin train` runs `robust`:
 * `max(2, ceil(2000 / stepsPerEpoch))` epochs, and the recipe's warm-up, or a tenth of all steps where that is fewer.
 *
 * @param trainingImages - those set aside for validation excluded
 * @param epochs - a number of epochs to keep to; the warm-up is then suited to that
 *
 * @example
 * ```ts
 * import { builtinRecipe, sizedRecipe } from "@nin/spec";
 *
 * const recipe = sizedRecipe(builtinRecipe("robust"), 300);
 * console.log(recipe.epochs); // 200
 * ```
 */
export function sizedRecipe(recipe: Recipe, trainingImages: number, epochs?: number): Recipe {
  const stepsPerEpoch = Math.ceil(trainingImages / recipe.batchSize);
  const enough = Math.max(ENOUGH.epochs, Math.ceil(ENOUGH.steps / stepsPerEpoch));
  const chosen = epochs ?? enough;
  const warmupSteps = Math.min(recipe.schedule.warmupSteps, Math.floor((stepsPerEpoch * chosen) / 10));
  return { ...recipe, epochs: chosen, schedule: { ...recipe.schedule, warmupSteps } };
}
