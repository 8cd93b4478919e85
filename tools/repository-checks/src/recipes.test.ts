import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { posix } from "node:path";
import { builtinArchitecture, parseRecipe } from "@nin/spec";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { committedFiles } from "./repository.js";

const SCHEMA = "packages/spec/schemas/recipe.json";
const ROW = /^\| `([\w-]+\.json)` +\| `([^`]+)` +\| .*https:\/\//gm;

const files = committedFiles();
const recipes = files.filter(({ path }) => /^recipes\/.+\.json$/.test(path));
const readme = files.find(({ path }) => path === "recipes/README.md")?.text ?? "";
const accepts = new Ajv({ strict: true, strictTypes: false }).compile(
  JSON.parse(readFileSync(createRequire(import.meta.url).resolve("@nin/spec/schemas/recipe.json"), "utf8")),
);

describe("recipes of published trainings", () => {
  it("are each named in their README, with a network and where the numbers come from", () => {
    const named = [...readme.matchAll(ROW)].map(([, file = ""]) => `recipes/${file}`);
    expect(named.length).toBeGreaterThan(5);
    expect(named.toSorted()).toEqual(recipes.map(({ path }) => path).toSorted());
  });

  it("are for built-in networks", () => {
    for (const [, file, model = ""] of readme.matchAll(ROW)) {
      const { name } = builtinArchitecture(model);
      expect(file).toContain(model.includes("classes=100") ? "nin-cifar100-" : `${name}-`);
    }
  });

  it.each(recipes.map(({ path, text }) => [path, text]))(
    "%s is read, and has its file's name",
    (path, text) => {
      const json: unknown = JSON.parse(text);
      expect(accepts(json), JSON.stringify(accepts.errors)).toBe(true);
      expect(`${parseRecipe(json).name}.json`).toBe(posix.basename(path));
      const { $schema } = json as { readonly $schema: string };
      expect(posix.join(posix.dirname(path), $schema)).toBe(SCHEMA);
    },
  );

  it("use steps of the rate, flips and crops, or a validation split", () => {
    const parsed = recipes.map(({ text }) => parseRecipe(JSON.parse(text)));
    for (const { optimizer, schedule } of parsed) {
      expect(optimizer.kind).toBe("sgd");
      expect(["multiStep", "plateau"]).toContain(schedule.kind);
    }
    expect(parsed.some(({ augmentation }) => augmentation !== undefined)).toBe(true);
  });
});
