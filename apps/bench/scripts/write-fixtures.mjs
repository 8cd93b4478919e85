/**
 * Has the float64 reference answer the correctness check of the built-in networks, and keeps the answers
 * in `fixtures`: `node apps/bench/scripts/write-fixtures.mjs [MODEL...]`. `nin` takes some minutes.
 */
import { writeFileAtomic } from "@nin/files";
import { builtinArchitecture, builtinRecipe } from "@nin/spec";
import { computeAnswer, fixturePath } from "../dist/correctness/oracle.js";

const MODELS = ["nin-mnist", "nin-cifar10", "nin"];
const RECIPES = ["d2l"];
const IMAGES = [1, 8];
const DROPOUT = ["counter", "off"];

const named = process.argv.slice(2);
for (const model of named.length > 0 ? named : MODELS) {
  for (const recipeName of RECIPES) {
    for (const images of IMAGES) {
      for (const dropout of DROPOUT) {
        const recipe = builtinRecipe(recipeName);
        const question = { architecture: builtinArchitecture(model), recipe, images, dropout };
        const answer = await computeAnswer(question);
        const stored = { of: { model, recipe: recipeName, images, dropout }, ...answer };
        await writeFileAtomic(fixturePath(question), `${JSON.stringify(stored, null, 1)}\n`);
        console.error(
          `${model}, ${recipeName}, ${images} images, dropout ${dropout}: ${answer.losses.join(", ")}`,
        );
      }
    }
  }
}
