import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inNewFolder, namesBelow } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { parseSavedRun } from "../conformance/read-run.js";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";
import { expectRefused } from "../testing/refusal.js";

const RELU = ["conformance", "--filter", "shapes/relu"];

describe("conformance", () => {
  it("--json gives four numbers and the cases, and nothing else", () =>
    inNewFolder(async (cwd) => {
      const { status, stdout, stderr } = await nin([...RELU, "--backend", "reference", "--json"], { cwd });
      expect([status, stderr]).toEqual([0, ""]);
      const { cases, ...numbers } = JSON.parse(stdout);
      expect(numbers).toEqual({ passed: cases.length, failed: 0, skipped: 0, expectedFailures: 0 });
      expect(cases).toContainEqual({ id: "shapes/relu/image", status: "passed" });
      for (const entry of cases) expect(Object.keys(entry)).toEqual(["id", "status"]);
      expect(await namesBelow(cwd)).toEqual([]);
    }));

  it("runs onnxruntime on cpu by default, and prints a table of levels", () =>
    inNewFolder(async (cwd) => {
      const { status, stdout, stderr } = await runHere([...RELU, "--quick", "--threads", "1"], cwd);
      expect([status, stderr]).toEqual([0, ""]);
      const [headline, , titles, , shapes, all] = stdout.split("\n");
      expect(headline).toBe("onnxruntime on cpu: 2 cases passed");
      expect(titles).toMatch(/^level +passed +failed +expected +skipped +time$/);
      expect(shapes).toMatch(/^shapes +2 +0 +0 +0 +\d+\.\ds$/);
      expect(all).toMatch(/^all +2 +0 +0 +0 +\d+\.\ds$/);
    }));

  it("--quick leaves cases out", () =>
    inNewFolder(async (cwd) => {
      const countOf = async (...flags: readonly string[]): Promise<number> => {
        const { stdout } = await runHere([...RELU, "--backend", "reference", "--json", ...flags], cwd);
        return JSON.parse(stdout).passed;
      };
      const quick = await countOf("--quick");
      expect(quick).toBeGreaterThan(0);
      expect(quick).toBeLessThan(await countOf());
    }));

  it("--junit also writes the results as XML", () =>
    inNewFolder(async (cwd) => {
      const { status } = await runHere([...RELU, "--backend", "reference", "--junit", "out.xml"], cwd);
      expect(status).toBe(0);
      const xml = await readFile(join(cwd, "out.xml"), "utf8");
      expect(xml).toMatch(/^<\?xml .*\?>\n<testsuites name="reference" tests="6" failures="0"/);
      expect(xml).toContain('<testcase classname="shapes.relu" name="image"');
      expect(await namesBelow(cwd)).toEqual(["out.xml"]);
    }));
});

describe("conformance --out", () => {
  it("saves the run, with its machine and the backend's devices", () =>
    inNewFolder(async (cwd) => {
      const flags = ["--backend", "reference", "--quick", "--out", "run.json"];
      const { status, stdout } = await runHere([...RELU, ...flags], cwd);
      expect([status, stdout]).toEqual([0, expect.stringContaining("reference: 2 cases passed")]);
      const saved = JSON.parse(await readFile(join(cwd, "run.json"), "utf8"));
      expect(saved).toMatchObject({
        format: "nin-conformance",
        version: 1,
        backend: "reference",
        device: "cpu",
        precision: "f32",
        quick: true,
        filter: RELU[2],
        environment: { cores: expect.any(Number), versions: { node: process.versions.node } },
        devices: [{ id: "cpu", available: true }],
        passed: 2,
      });
      expect(parseSavedRun(saved, "run.json").report.passed).toBe(2);
      expect(Date.now() - Date.parse(saved.date)).toBeLessThan(60_000);
    }));
});

describe("conformance --random", () => {
  it("tests so many architectures, and says what it could not compare", () =>
    inNewFolder(async (cwd) => {
      const flags = ["--backend", "reference", "--random", "5", "--seed", "3", "--json"];
      const { status, stdout } = await runHere(["conformance", ...flags], cwd);
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        passed: 1,
        failed: 0,
        cases: [
          {
            id: "gradients/random/search:count=5,seed=3",
            status: "passed",
            detail: expect.stringMatching(
              /^5 architectures tested; the values of \d and the training steps of \d cannot/,
            ),
          },
        ],
      });
    }));
});

describe("what cannot be run is refused in one line:", () => {
  it.each([
    ["another backend", ["--backend", "none"], "backend: expected one of"],
    ["another device", ["--backend", "reference", "--device", "gpu"], "device gpu is not supported"],
    ["a seed of nothing", ["--backend", "reference", "--seed", "1"], "--seed applies to --random only"],
    ["a filter of architectures", ["--random", "1", "--filter", "step"], "omit --filter and --quick"],
    ["a saved search", ["--random", "1", "--out", "run.json"], "omit --random"],
    [
      "a precision that the backend lacks",
      ["--backend", "reference", "--precision", "mixed"],
      "precision mixed is not",
    ],
    [
      "an arithmetic that the backend lacks",
      ["--backend", "reference", "--convolution", "fast"],
      "convolution fast is not",
    ],
    ["another precision", ["--precision", "f16"], "Allowed choices are f32, mixed"],
    ["a filter of nothing", ["--backend", "reference", "--filter", "no/such"], "got no/such"],
  ])("%s", (_name, flags, line) => expectRefused(["conformance", ...flags], line));

  it("a file that cannot be written", () =>
    inNewFolder(async (cwd) => {
      const flags = ["--backend", "reference", "--junit", "missing/out.xml"];
      const { status, stderr } = await runHere([...RELU, ...flags], cwd);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^nin: missing\/out\.xml: cannot be written: [^\n]+\n$/);
    }));
});
