import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtinRecipe } from "@nin/spec";
import { inNewFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { expectProcessRefused, expectRefusal, expectRefused } from "../testing/refusal.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();

/** 60 training images, on the backend that needs no runtime. */
function train(...flags: readonly string[]): readonly string[] {
  return ["train", inputs.model, "--data", inputs.data, "--backend", "reference", "--out", "run", ...flags];
}

describe("train refuses, in one line,", () => {
  it.each([
    ["an arithmetic that the backend lacks", ["--convolution", "fast"], "convolution fast is not supported"],
    ["a validation fraction of 0", ["--validation-fraction", "0"], "Expected a number between 0 and 1"],
    ["a validation fraction of 1", ["--validation-fraction", "1"], "Expected a number between 0 and 1"],
    [
      "a negative validation fraction",
      ["--validation-fraction", "-0.1"],
      "Expected a number between 0 and 1",
    ],
    [
      "a validation fraction in percent",
      ["--validation-fraction", "10%"],
      "Expected a number between 0 and 1",
    ],
    ["an empty validation fraction", ["--validation-fraction", ""], "Expected a number between 0 and 1"],
    [
      "a validation split of no image",
      ["--validation-fraction", "0.008"],
      "validation fraction: expected a fraction that takes at least 1 of 60 images and leaves at least 1, got 0.008",
    ],
    [
      "a validation split of all images",
      ["--validation-fraction", "0.995"],
      "validation fraction: expected a fraction that takes at least 1 of 60 images and leaves at least 1, got 0.995",
    ],
    [
      "a validation split of the one image of --limit",
      ["--validation-fraction", "0.5", "--limit", "1"],
      "takes at least 1 of 1 images",
    ],
    [
      "no patience",
      ["--validation-fraction", "0.1", "--early-stopping", "0"],
      "Expected an integer of at least 1",
    ],
    [
      "half an epoch of patience",
      ["--validation-fraction", "0.1", "--early-stopping", "1.5"],
      "Expected an integer of at least 1",
    ],
    [
      "early stopping without a validation split",
      ["--early-stopping", "3"],
      "--early-stopping needs images to watch: set some aside with --validation-fraction, such as 0.1",
    ],
    ["a test fraction of 1", ["--test-fraction", "1"], "Expected a number between 0 and 1"],
    ["a test fraction that is no number", ["--test-fraction", "all"], "Expected a number between 0 and 1"],
    [
      "an image size of one number",
      ["--image-size", "64"],
      "Expected width and height in pixels, such as 64x48",
    ],
    ["an image size of 0", ["--image-size", "0x64"], "Expected width and height in pixels"],
    ["an image size of fractions", ["--image-size", "6.4x48"], "Expected width and height in pixels"],
    ["a huge image size", ["--image-size", "99999x9"], "each up to 16384"],
    ["a memory that is no size", ["--data-memory", "much"], "Expected a size such as 512MB"],
    ["a memory of another unit", ["--data-memory", "2 gallons"], "Expected a size such as 512MB"],
    ["a negative memory", ["--data-memory", "-1GB"], "Expected a size such as 512MB"],
    ["a limit of 0", ["--limit", "0"], "Expected an integer of at least 1"],
  ])("%s", (_name, flags, line) => expectRefused(train(...flags), line));

  it("in a process too", () =>
    expectProcessRefused(train("--early-stopping", "3"), "--early-stopping needs images to watch"));

  it.each([
    ["--validation-fraction", "0.1"],
    ["--early-stopping", "2"],
    ["--test-fraction", "0.5"],
    ["--image-size", "8x8"],
    ["--skip-broken"],
  ])("%s with --resume: a run has its own settings", (...flags) =>
    expectRefused(
      ["train", "--resume", "run", ...flags],
      `${flags[0]} cannot be combined with --resume: a run continues with its own settings`,
    ),
  );
});

describe("a recipe file that watches a validation split", () => {
  const plateau = { kind: "plateau", factor: 0.1, patience: 0 };

  it.each([
    ["plateau", { schedule: plateau }, "the plateau schedule needs"],
    ["early stopping", { earlyStopping: { patience: 2 } }, "early stopping needs"],
  ])("%s is refused without one, and taken with --validation-fraction", (name, fields, problem) =>
    inNewFolder(async (cwd) => {
      const path = join(cwd, "recipe.json");
      await writeFile(path, JSON.stringify({ ...builtinRecipe("d2l"), epochs: 1, ...fields }));
      const args = train("--recipe", path);
      expectRefusal(
        await runHere(args, cwd),
        `recipe ${path}: validation: expected an object with a fraction`,
      );
      expectRefusal(await runHere(args, cwd), problem);
      const { status } = await runHere([...args, "--validation-fraction", "0.1"], cwd);
      expect(status, name).toBe(0);
    }),
  );

  it("that is no object is still refused as such", () =>
    inNewFolder(async (cwd) => {
      await writeFile(join(cwd, "recipe.json"), "[1]");
      const args = train("--recipe", "./recipe.json", "--validation-fraction", "0.1");
      expectRefusal(await runHere(args, cwd), "recipe ./recipe.json: ");
    }));
});
