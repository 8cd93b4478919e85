import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BenchResult } from "@nin/bench";
import { inNewFolder, namesBelow, smallNinJson } from "@nin/test-support";
import { expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";

const SMALL = [
  "--model",
  "small.json",
  "--batch",
  "8",
  "--mode",
  "train",
  "--minutes",
  "0.5",
  "--threads",
  "1",
];

it("measures, writes the result in all forms, and compares two of them", async () => {
  await inNewFolder(async (folder) => {
    await writeFile(join(folder, "small.json"), JSON.stringify(smallNinJson));
    const flags = ["--quick", "--backend", "onnxruntime:cpu", "--out", "a", ...SMALL];
    const { status, stdout, stderr } = await runHere(["bench", ...flags], folder);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^small, batch 8, train\n/);
    expect(stdout).toMatch(/\n {2}onnxruntime:cpu +[\d.]+ +[\d.]+ to [\d.]+ +1 /);
    expect(stdout).toContain("not measured: PyTorch, JAX, Keras");
    expect(stderr).toContain("small, batch 8, train");
    const names = await namesBelow(join(folder, "a"));
    expect(names).toEqual(["cases.csv", "report.html", "report.md", "result.json"]);

    const text = await readFile(join(folder, "a", "result.json"), "utf8");
    await writeFile(join(folder, "slower.json"), JSON.stringify(slowedDown(JSON.parse(text))));
    const compare = ["bench", "compare", "a/result.json"];
    const same = await runHere([...compare, "a/result.json"], folder);
    expect([same.status, same.stdout]).toEqual([0, expect.stringContaining("0 of 1 changed beyond noise")]);
    const slower = await runHere([...compare, "slower.json"], folder);
    expect([slower.status, slower.stdout]).toEqual([1, expect.stringMatching(/^REGRESSION .*0\.10 times/m)]);
    const tolerant = await runHere([...compare, "slower.json", "--threshold", "0.95"], folder);
    expect(tolerant.status).toBe(0);
  });
});

it.each([
  [
    ["bench", "--mode", "train,fly"],
    "--mode: expected some of train, forward, epoch, layers, accuracy, memory, got fly",
  ],
  [["bench", "--resident", "28"], "--resident: expected a height and a width like 28x28, got 28"],
  [["bench", "--checkout", "."], "checkout: expected the folder of a built checkout of this repository"],
  [["bench", "--baseline", "torch"], "baseline: expected some of pytorch, "],
  [["bench", "--browser", "caffe"], "browser: expected some of webgpu@browser, "],
  [["bench", "--browser-path", "no-browser"], "found none at no-browser"],
  [["bench", "--browser-only", "--tfjs", "."], "--browser-only: expected nothing in Node, got --tfjs too"],
  [["bench", "--backend", "caffe"], "backend: expected one of onnxruntime,"],
  [["bench", "compare", "no.json", "no.json"], "no.json: cannot be read"],
])("%j is refused in one line", async (args, line) => {
  await inNewFolder(async (folder) => {
    const { status, stdout, stderr } = await runHere(args, folder);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(line);
  });
});

/** The same run on a machine of a tenth of the speed. */
function slowedDown(result: BenchResult): object {
  const scale = (summary: object): object =>
    Object.fromEntries(
      Object.entries(summary).map(([name, value]) => [name, typeof value === "number" ? value / 10 : value]),
    );
  const cases = result.cases.map((of) => ({
    ...of,
    entries: of.entries.map(({ measured, ...entry }) => ({
      ...entry,
      ...(measured === undefined
        ? {}
        : { measured: { ...measured, imagesPerSecond: scale(measured.imagesPerSecond) } }),
    })),
  }));
  return { ...result, cases };
}
