import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inNewFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { sampleConfig } from "../report/testing/sample-run.js";
import { settingDifferences } from "../runs/compared-run.js";
import { runHere } from "../testing/in-process.js";
import { expectRefusal } from "../testing/refusal.js";
import { writeSampleRun } from "../testing/sample-folders.js";

const { recipe, architecture, ...rest } = sampleConfig();

async function writeTwo(cwd: string): Promise<void> {
  await writeSampleRun(join(cwd, "a"));
  const config = { recipe: { ...recipe, seed: 1, batchSize: 64, epochs: 1 }, threads: null };
  await writeSampleRun(join(cwd, "b"), { epochs: 1, config });
}

describe("nin compare", () => {
  it("prints what differs and the results, and writes a page with the curves", () =>
    inNewFolder(async (cwd) => {
      await writeTwo(cwd);
      const { status, stdout, stderr } = await runHere(["compare", "a", "b", "--output", "page.html"], cwd);
      expect([status, stderr]).toEqual([0, ""]);
      const lines = stdout.split("\n");
      expect(lines.slice(0, 3)).toEqual(["A  a", "B  b", ""]);
      for (const line of [
        /^recipe\.batchSize +128 +64$/,
        /^recipe\.seed +0 +1$/,
        /^threads +2 +\u2013$/,
        /^test accuracy +95\.45% +90\.97%$/,
        /^time +2 min 21 s +1 min 10 s$/,
      ]) {
        expect(lines).toContainEqual(expect.stringMatching(line));
      }
      expect(stdout).not.toContain("recipe.name");
      const page = await readFile(join(cwd, "page.html"), "utf8");
      expect(page).toContain("<title>Comparison of 2 runs</title>");
      expect(page).toContain("<code>recipe.batchSize</code>");
      expect(page).toContain('id="runs-testAccuracy-data"');
      expect(page).not.toMatch(/https?:\/\/[^\s"')]/);
    }));

  it("prints JSON", () =>
    inNewFolder(async (cwd) => {
      await writeTwo(cwd);
      const { stdout } = await runHere(["compare", "a", "b", "--json"], cwd);
      const { runs, differences } = JSON.parse(stdout);
      expect(runs).toMatchObject([
        { run: "a", seed: 0 },
        { run: "b", seed: 1 },
      ]);
      expect(differences).toContainEqual({ setting: "recipe.seed", values: [0, 1] });
    }));

  it.each([
    [["a"], "compare: expected two runs or more"],
    [["a", "a"], "compare: a is given twice: expected different runs"],
    [["a", "./a/"], "compare: a and ./a/ are the same run: expected different runs"],
    [["a", "nowhere"], "nowhere: expected the folder of a run, found no config.json there"],
    [["a", "b", "--output", "nowhere/page.html"], "nowhere"],
  ])("refuses %j", (args, line) =>
    inNewFolder(async (cwd) => {
      await writeTwo(cwd);
      expectRefusal(await runHere(["compare", ...args], cwd), line);
    }),
  );
});

describe("the settings that differ", () => {
  it("are none where all are the same", () => {
    expect(settingDifferences([{ config: sampleConfig() }, { config: sampleConfig() }])).toEqual([]);
  });

  it("sum up networks that differ in many places", () => {
    const other = { ...architecture, name: "other", layers: architecture.layers.slice(0, 2) };
    const differences = settingDifferences([
      { config: { architecture, recipe, ...rest } },
      { config: { architecture: other, recipe, ...rest } },
    ]);
    const names = differences.map(({ setting }) => setting);
    expect(names.filter((name) => name.startsWith("architecture.layers"))).toEqual(["architecture.layers"]);
    expect(names).toContain("architecture.name");
    expect(differences[0]?.values[1]).toBe("ninBlock, maxPool2d");
  });
});
