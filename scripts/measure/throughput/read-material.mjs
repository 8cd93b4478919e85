import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { floatTensor, integerTensor } from "../../../packages/safetensors/dist/index.js";
import { readSafetensors } from "../../../packages/safetensors/dist/node.js";
import { parseArchitecture, parseRecipe } from "../../../packages/spec/dist/index.js";

/** What a contestant's command line names: the architecture, the recipe, weights and a labelled batch. */
export async function readMaterial(extraOptions = {}) {
  const { values: options } = parseArgs({
    options: {
      architecture: { type: "string" },
      recipe: { type: "string" },
      tensors: { type: "string" },
      mode: { type: "string" },
      threads: { type: "string" },
      ...extraOptions,
    },
  });
  return {
    options,
    architecture: parseArchitecture(readJson(options.architecture)),
    recipe: parseRecipe(readJson(options.recipe)),
    ...(await readTensors(options.tensors)),
  };
}

async function readTensors(path) {
  const { tensors } = await readSafetensors(path);
  const floats = [...tensors].filter(([name]) => name !== "labels");
  const parsed = new Map(floats.map(([name, stored]) => [name, floatTensor(stored, name, path)]));
  const [input, images] = ["input", "images"].map((name) => parsed.get(name));
  for (const name of ["input", "images"]) parsed.delete(name);
  const { data: labels } = integerTensor(tensors.get("labels"), "labels", path);
  return { parameters: parsed, batch: { input, labels }, images };
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
