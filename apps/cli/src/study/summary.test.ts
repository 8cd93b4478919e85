import type { StudyResults, StudyRunResult } from "@nin/study";
import { expect, it } from "vitest";
import { displayWidth } from "../terminal/text-width.js";
import { statusCounts, statusLines, summaryLines } from "./summary.js";

function run(model: string, seed: number, changes: Partial<StudyRunResult> = {}): StudyRunResult {
  return {
    id: `${model.length}${seed}`.padStart(16, "0"),
    settings: { model, seed },
    ...{ status: "finished", attempts: 1, worker: null, epochs: 2, testAccuracy: 0.9, testLoss: 0.25 },
    ...{
      imagesPerSecond: 1000,
      elapsedMs: 125_000,
      parameters: 349_674,
      macs: 50_699_712,
      warnings: [],
      error: null,
    },
    ...changes,
  };
}
const unknown = { testAccuracy: null, testLoss: null, epochs: null, elapsedMs: null } as const;
const results: StudyResults = {
  ...{ format: "nin-study-results", version: 1, study: "example" },
  runs: [
    run("nin-mnist?mlpConvs=2&mlpKernelSize=1", 0),
    run("nin-mnist?mlpConvs=2&mlpKernelSize=1", 1, { testAccuracy: 0.91 }),
    run("vgg11", 0, { ...unknown, status: "failed", macs: 7_630_000_000 }),
    run("vgg11", 1, { ...unknown, status: "waiting", macs: 7_630_000_000 }),
  ],
};

it("the summary has a line for each group, in the study's order, and fits 80 columns", () => {
  expect(summaryLines(results)).toEqual([
    "model                                   runs  accuracy (mean)     sd    loss  parameters   MACs    time",
    "------------------------------------  ------  ---------------  -----  ------  ----------  -----  ------",
    "nin-mnist?mlpConvs=2&mlpKernelSize=1       2           90.50%  0.71%  0.2500     349,674  50.7M  2m 05s",
    "vgg11                                 0 of 2                -      -       -     349,674  7.63G       -",
  ]);
  for (const line of summaryLines(results, 80)) expect(displayWidth(line)).toBeLessThanOrEqual(80);
});

it("without several seeds there is neither their number nor a deviation, and of one network its name", () => {
  const [head, , line] = summaryLines({ ...results, runs: results.runs.slice(0, 1) });
  expect(head).toBe("model                                 accuracy    loss  parameters   MACs    time");
  expect(line).toMatch(/^nin-mnist\?mlpConvs=2&mlpKernelSize=1 {4}90\.00%/);
});

it("the status has a line for each run, and counts them", () => {
  const short = results.runs.map((own) => ({
    ...own,
    settings: { ...own.settings, model: own.id.slice(-3) },
  }));
  const lines = statusLines({ ...results, runs: short }, 80);
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  expect(lines.join("\n")).toMatch(/050, seed 0\s+failed\s+-\s+-\s+-\n/);
  expect(statusCounts(results)).toBe("4 runs: 2 finished, 1 failed, 1 waiting");
});
