import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inNewFolder, namesBelow } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { savedRunText } from "../conformance/saved-run.js";
import { sampleSavedRun } from "../conformance/testing/sample-run.js";
import { runHere } from "../testing/in-process.js";

const withRun = (use: (cwd: string) => Promise<void>): Promise<void> =>
  inNewFolder(async (cwd) => {
    await writeFile(join(cwd, "gpu.json"), savedRunText(sampleSavedRun()));
    await use(cwd);
  });

const matrix = (cwd: string, ...args: readonly string[]) => runHere(["conformance", "matrix", ...args], cwd);

describe("conformance matrix", () => {
  it("prints a table in which every backend is named, run or not", () =>
    withRun(async (cwd) => {
      const { status, stdout, stderr } = await matrix(cwd, "gpu.json");
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^\| level +\| +`fast` `gpu` \|\n/);
      expect(stdout).toContain("- `reference`: not run.\n");
      expect(await namesBelow(cwd)).toEqual(["gpu.json"]);
    }));

  it("--json prints counts", () =>
    withRun(async (cwd) => {
      const rows = JSON.parse((await matrix(cwd, "gpu.json", "--json")).stdout);
      expect(rows).toContainEqual({ backend: "onnxruntime", device: "", reason: "not run" });
      expect(rows).toContainEqual(
        expect.objectContaining({ backend: "fast", device: "gpu", quick: true, passed: 3, skipped: 1 }),
      );
    }));

  it("writes a page, and the table of a README", () =>
    withRun(async (cwd) => {
      const marks = "<!-- conformance matrix: begin --><!-- conformance matrix: end -->";
      await writeFile(join(cwd, "README.md"), `# Title\n${marks}\nrest\n`);
      const { status, stdout } = await matrix(
        cwd,
        "gpu.json",
        "--html",
        "page.html",
        "--readme",
        "README.md",
      );
      expect([status, stdout]).toEqual([0, ""]);
      expect(await readFile(join(cwd, "page.html"), "utf8")).toMatch(
        /^<!doctype html>[\s\S]+fast <b>gpu<\/b>/,
      );
      expect(await readFile(join(cwd, "README.md"), "utf8")).toMatch(
        /^# Title\n<!--[\s\S]+`fast` `gpu`[\s\S]+-->\nrest\n$/,
      );
    }));

  it("refuses in one line what it cannot read", () =>
    withRun(async (cwd) => {
      const lines = [
        await matrix(cwd),
        await matrix(cwd, "none.json"),
        await matrix(cwd, "gpu.json", "gpu.json"),
        await matrix(cwd, "gpu.json", "--readme", "gpu.json"),
        await runHere(["conformance", "matrx"], cwd),
      ];
      expect(lines.map(({ status }) => status)).toEqual([2, 2, 2, 2, 2]);
      expect(lines.map(({ stderr }) => stderr)).toEqual([
        expect.stringMatching(/^nin: missing required argument 'run'/),
        "nin: conformance run none.json: cannot be read: there is no such file or folder\n",
        "nin: expected one run of each device and precision, got two of fast on gpu\n",
        expect.stringMatching(/^nin: gpu\.json: expected the lines <!-- [^\n]+\n$/),
        expect.stringMatching(/^nin: too many arguments for 'conformance'[^\n]+\n$/),
      ]);
    }));
});
