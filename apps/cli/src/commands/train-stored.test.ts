import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtinRecipe } from "@nin/spec";
import { inNewFolder, namesBelow } from "@nin/test-support";
import { expect, it } from "vitest";
import { nin } from "../testing/nin.js";
import { expectSameRun } from "../testing/run-folder.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();

const recipe = {
  ...builtinRecipe("robust"),
  augmentation: { horizontalFlip: 0.5, cropPadding: 2 },
  validation: { fraction: 0.2 },
  batchSize: 16,
  epochs: 2,
};

it("images that do not fit in --data-memory are read from a file, and all is the same, also resumed with them in memory", () =>
  inNewFolder(async (cwd) => {
    await writeFile(join(cwd, "recipe.json"), JSON.stringify(recipe));
    const env = { XDG_CACHE_HOME: join(cwd, "cache") };
    const data = ["--data", inputs.data, "--backend", "reference"];
    const train = [
      "train",
      inputs.model,
      ...data,
      "--recipe",
      "./recipe.json",
      "--log-every",
      "1",
      "--checkpoint-every",
      "2",
    ];
    const all = await nin([...train, "--out", "whole"], { cwd, env });
    expect([all.status, await namesBelow(cwd)]).toEqual([0, expect.not.arrayContaining(["cache/"])]);
    const little = ["--data-memory", "1 kB"];
    const first = await nin([...train, ...little, "--max-steps", "4", "--out", "run"], { cwd, env });
    expect(first.status).toBe(0);
    expect((await namesBelow(join(cwd, "cache"))).length).toBeGreaterThan(0);
    const rest = await nin(["train", "--resume", "run", "--max-steps", "99"], { cwd, env });
    expect(rest.status).toBe(0);
    await expectSameRun(join(cwd, "run"), join(cwd, "whole"));
    const evaluated = await nin(["evaluate", "run", "--json", ...little, "--backend", "reference"], {
      cwd,
      env,
    });
    const again = await nin(["evaluate", "run", "--json", "--backend", "reference"], { cwd, env });
    expect(JSON.parse(evaluated.stdout)).toEqual(JSON.parse(again.stdout));
  }));
