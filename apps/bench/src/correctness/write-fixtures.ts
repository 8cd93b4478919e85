/**
 * `node apps/bench/dist/correctness/write-fixtures.js [MODEL...]`, after a build.
 *
 * Has the float64 reference answer the correctness check of the built-in networks, and keeps the answers in
 * `apps/bench/fixtures`. `nin` takes some minutes.
 */
import { writeFileAtomic } from "@nin/files";
import { builtinArchitecture, builtinRecipe } from "@nin/spec";
import { computeAnswer, fixturePath } from "./oracle.js";

const MODELS = ["nin-mnist", "nin-cifar10", "nin"];
const RECIPE = "d2l";
const IMAGES = [1, 8];
const DROPOUT = ["counter", "off"] as const;

const named = process.argv.slice(2);
for (const model of named.length > 0 ? named : MODELS) {
  for (const images of IMAGES) {
    for (const dropout of DROPOUT) {
      const architecture = builtinArchitecture(model);
      const question = { architecture, recipe: builtinRecipe(RECIPE), images, dropout };
      const answer = await computeAnswer(question);
      const stored = { of: { model, recipe: RECIPE, images, dropout }, ...answer };
      await writeFileAtomic(fixturePath(question), `${JSON.stringify(stored, null, 1)}\n`);
      process.stderr.write(
        `${model}, ${RECIPE}, ${images} images, dropout ${dropout}: ${answer.losses.join(", ")}\n`,
      );
    }
  }
}
