import { defineRecipe } from "../authoring/define.js";
import { SpecError } from "../reading/errors.js";
import type { Recipe } from "../recipe/recipe.js";

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
 * Ours, which trains every time: no class's logit starts where the last ReLU keeps it at 0. Small
 * batches and a short memory of squared gradients make two epochs enough. Tried variants: docs/decisions.
 */
const robust = defineRecipe({
  name: "robust",
  optimizer: { kind: "adamw", learningRate: 0.003, beta2: 0.98, weightDecay: 0.05 },
  schedule: { kind: "cosine", warmupSteps: 200 },
  preprocessing: { mean: 0.286, std: 0.353 },
  batchSize: 32,
  epochs: 2,
  seed: 0,
  init: { weight: "heUniform", bias: "zeros", overrides: { last: { bias: 2 } } },
});

/** The built-in recipes, by name. */
export const builtinRecipes: readonly Recipe[] = [d2l, robust];

/** @throws `SpecError` for an unknown name. */
export function builtinRecipe(name: string): Recipe {
  const recipe = builtinRecipes.find((candidate) => candidate.name === name);
  if (recipe !== undefined) return recipe;
  throw new SpecError("recipe", `one of ${builtinRecipes.map((known) => known.name).join(", ")}`, name);
}
