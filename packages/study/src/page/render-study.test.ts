import { readFile } from "node:fs/promises";
import { at } from "@nin/spec";
import { inNewFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { runStudy } from "../run/run-study.js";
import { sampleResults, sampleRun } from "../testing/results.js";
import { seededResults } from "../testing/sample-groups.js";
import { samplePlan, writeRun } from "../testing/sample-study.js";
import { renderStudy, type StudyCurves, type StudyReport } from "./render-study.js";
import { writeStudyPage } from "./write-study-page.js";

const points = [
  { x: 10, y: 0.5 },
  { x: 20, y: 0.75 },
];
const curve: StudyCurves = {
  curves: {
    trainLoss: points,
    validationLoss: [],
    validationAccuracy: [],
    testLoss: points,
    testAccuracy: points,
  },
  stepsPerEpoch: 10,
};
const results = seededResults();
const begun = results.runs.filter(({ attempts }) => attempts > 0);
const report: StudyReport = {
  results,
  question: "How many <1x1> convolutions?",
  answer: "Two are enough.",
  curves: new Map(begun.map(({ id }) => [id, curve])),
};

/** The text of a page's table by its id: rows of cells. */
function tableIn(page: string, id: string): readonly (readonly string[])[] {
  const [, table = ""] = new RegExp(`<table[^>]* id="${id}"[^>]*>([\\s\\S]*?)</table>`).exec(page) ?? [];
  return [...table.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, row = ""]) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = ""]) =>
      cell.replace(/<[^>]+>/g, "").trim(),
    ),
  );
}

describe("the page of a study", () => {
  const page = renderStudy(report);

  it("has the question, the answer and the best result on top", () => {
    expect(page).toContain("How many &lt;1x1&gt; convolutions?");
    expect(page).toContain('<p class="answer">Two are enough.</p>');
    expect(page).toContain("<strong>92.00%</strong> best test accuracy");
    expect(page).toContain("nin-mnist: the mean of 3 runs that differ in the seed, from 91.00% to 93.00%.");
    expect(page).toContain("6 of 7 runs finished");
  });

  it("has a line for each group, with mean and spread", () => {
    const [head, first, , third] = tableIn(page, "groups");
    expect(head?.slice(0, 4)).toEqual(["No.", "Model", "Runs", "Test accuracy"]);
    expect(head).toContain("Lowest to highest");
    expect(first?.slice(0, 4)).toEqual(["1", "nin-mnist?mlpConvs=0", "3", "89.00% ± 1.00%"]);
    expect(third?.slice(0, 4)).toEqual(["3", "vgg11", "0 of 1", "–"]);
  });

  it("shows accuracy against parameters, computation and time, and the curves of chosen runs", () => {
    for (const id of ["accuracy-parameters", "accuracy-macs", "accuracy-time"])
      expect(page).toContain(`id="${id}"`);
    for (const name of ["trainLoss", "testLoss", "testAccuracy"])
      expect(page).toContain(`id="curves-${name}"`);
    const boxes = [...page.matchAll(/data-chooser="curves" value="([^"]*)"( checked)?/g)];
    expect(boxes).toHaveLength(begun.length);
    // One of each group that was begun.
    const checked = boxes.filter(([, , isChecked]) => isChecked !== undefined).map(([, key]) => key);
    expect(checked).toEqual([at(begun, 0).id, at(begun, 3).id]);
  });

  it("lists every run, with a link to its page and why it failed", () => {
    const failed = sampleRun("40", {
      ...{ status: "failed", testAccuracy: null, warnings: ["plateau"] },
      error: { code: "NIN_DIVERGED", message: "the loss is <NaN>" },
    });
    const withFailed = renderStudy({ ...report, results: sampleResults([...results.runs, failed]) });
    const rows = tableIn(withFailed, "runs");
    expect(rows).toHaveLength(results.runs.length + 2);
    expect(at(rows, -1).slice(0, 3)).toEqual([
      failed.id,
      "nin-mnist, seed 0",
      "failed: the loss is &lt;NaN&gt;",
    ]);
    expect(withFailed).toContain(`<a href="runs/${failed.id}/report.html">${failed.id}</a>`);
    expect(withFailed).not.toContain(`href="runs/${at(results.runs, -1).id}`);
    expect(withFailed).toContain("1 run failed");
  });

  it("is the same for the same data, and says that there is nothing yet", () => {
    expect(renderStudy(report)).toBe(page);
    const empty = renderStudy({ results: sampleResults([at(results.runs, -1)]), curves: new Map() });
    expect(empty).toContain("No result yet");
    expect(empty).not.toContain("accuracy-parameters");
    expect(empty).toContain("None of the runs has logged a loss yet.");
  });
});

it("the page of a folder has the curves of its runs", () =>
  inNewFolder(async (folder) => {
    const train = async (_: unknown, { folder: run }: { readonly folder: string }) => {
      await writeRun(run, 0.5);
      return { interrupted: false };
    };
    await runStudy({ plan: await samplePlan(1), folder, train });
    const page = await readFile(await writeStudyPage(folder), "utf8");
    expect(page).toContain("Does it?");
    expect(page).toContain("<strong>50.00%</strong>");
    expect(page).toContain('id="curves-testAccuracy"');
  }));
