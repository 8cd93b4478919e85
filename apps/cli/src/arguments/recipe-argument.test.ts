import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtinRecipe } from "@nin/spec";
import { newFolder, smallNinJson } from "@nin/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectProcessRefused, expectRefused } from "../testing/refusal.js";
import { readRecipeArgument } from "./recipe-argument.js";

let folder: string;
let small: string;
beforeAll(async () => {
  folder = await newFolder();
  small = join(folder, "small.json");
  await writeFile(small, JSON.stringify(smallNinJson));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const d2l = builtinRecipe("d2l");

async function fileWith(name: string, fields: object): Promise<string> {
  const path = join(folder, `${name.replace(/\W+/g, "-")}.json`);
  await writeFile(path, JSON.stringify({ ...d2l, ...fields }));
  return path;
}

describe("a recipe is refused with", () => {
  const { optimizer, init } = d2l;
  it.each([
    [
      "a learning rate of 0",
      { optimizer: { ...optimizer, learningRate: 0 } },
      "optimizer.learningRate: expected",
    ],
    [
      "a negative learning rate",
      { optimizer: { ...optimizer, learningRate: -1 } },
      "optimizer.learningRate: expected",
    ],
    ["no learning rate", { optimizer: { kind: "sgd" } }, "optimizer.learningRate: expected"],
    ["an unknown optimizer", { optimizer: { ...optimizer, kind: "lion" } }, "optimizer.kind: expected"],
    ["an unknown field", { gradientClipping: 1 }, "gradientClipping"],
    ["a batch of 0", { batchSize: 0 }, "batchSize: expected"],
    ["no epochs", { epochs: 0 }, "epochs: expected"],
    ["a standard deviation of 0", { preprocessing: { mean: 0, std: 0 } }, "preprocessing.std: expected"],
    ["an unknown rule", { init: { ...init, weight: "orthogonal" } }, "init.weight: expected"],
  ])("%s", async (name, fields, line) => {
    const path = await fileWith(name, fields);
    await expectRefused(["train", small, "--recipe", path, "--out", "run"], `nin: recipe ${path}: ${line}`);
  });

  it.each([
    ["0", 0],
    ["below 0", -0.5],
  ])("a learning rate %s, in a process", async (name, learningRate) => {
    const path = await fileWith(name, { optimizer: { ...optimizer, learningRate } });
    const line = `nin: recipe ${path}: optimizer.learningRate: expected`;
    await expectProcessRefused(["train", small, "--recipe", path, "--out", "run"], line);
  });

  it("a layer that the architecture lacks", async () => {
    const overrides = { "net.9": { bias: 1 } };
    const path = await fileWith("net-9", { init: { ...init, overrides } });
    await expectRefused(["init", small, "--recipe", path, "--output", "w"], "net.9");
    await expectRefused(
      ["train", small, "--recipe", path, "--data", "synthetic", "--out", "run", "--backend", "reference"],
      "net.9",
    );
  });

  it("an unknown name, no file, no JSON", async () => {
    await expectRefused(["init", small, "--recipe", "sgd", "--output", "w"], "expected one of d2l, robust");
    await expectRefused(
      ["init", small, "--recipe", "./no.json", "--output", "w"],
      "recipe ./no.json: cannot be read",
    );
    const path = join(folder, "torn.json");
    await writeFile(path, "{");
    await expectRefused(
      ["init", small, "--recipe", path, "--output", "w"],
      `recipe ${path}: line 1, column 2: expected a name in double quotes`,
    );
  });
});

describe("flags", () => {
  it("replace a recipe's own values", async () => {
    const { optimizer, ...rest } = await readRecipeArgument("d2l", {
      epochs: 3,
      batchSize: 7,
      lr: 0.5,
      seed: 9,
    });
    expect(optimizer).toEqual({ ...d2l.optimizer, learningRate: 0.5 });
    expect(rest).toMatchObject({ epochs: 3, batchSize: 7, seed: 9, schedule: d2l.schedule });
  });

  it("leave it as it is where they are not given", async () => {
    expect(await readRecipeArgument("robust")).toEqual(builtinRecipe("robust"));
  });
});
