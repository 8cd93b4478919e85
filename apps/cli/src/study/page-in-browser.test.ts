import { useBrowser } from "@nin/headless-chromium";
import type { StudyResults, StudyRunResult } from "@nin/study";
import { renderStudy, type StudyCurves } from "@nin/study/node";
import { expect, it } from "vitest";

const run = (seed: number, model: string, testAccuracy: number): StudyRunResult => ({
  id: `${model.length}${seed}`.padStart(16, "0"),
  settings: { model, seed },
  ...{ status: "finished", attempts: 1, worker: null, epochs: 2, testAccuracy, testLoss: 0.3 },
  ...{ imagesPerSecond: 900, elapsedMs: 1000 * model.length, parameters: 1000 * model.length },
  ...{ macs: 20_000 * model.length, warnings: [], error: null },
});
const results: StudyResults = {
  ...{ format: "nin-study-results", version: 1, study: "example" },
  runs: ["nin-mnist", "nin-mnist?mlpConvs=0", "vgg11"].flatMap((model, index) => [
    run(0, model, 0.9 + index / 100),
    run(1, model, 0.89 + index / 100),
  ]),
};
const points = [
  { x: 5, y: 0.5 },
  { x: 10, y: 0.6 },
];
const curve: StudyCurves = {
  curves: {
    trainLoss: points,
    validationLoss: [],
    validationAccuracy: [],
    testLoss: points,
    testAccuracy: points,
  },
  stepsPerEpoch: 5,
};
const document = renderStudy({
  results,
  question: "Which of them?",
  curves: new Map(results.runs.map(({ id }) => [id, curve])),
});

const browserOf = useBrowser();

it("the page of a study draws its charts, sorts its table, and fits a phone", async (context) => {
  const { page, complaints, requests } = await browserOf(context).open(document, 360);
  expect(await page.locator(".chart .uplot canvas").count()).toBe(6);
  const overhang = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
  expect(await page.evaluate(overhang)).toBe(0);
  const first = page.locator("#groups tbody tr").first().locator("th, td").nth(1);
  expect(await first.textContent()).toBe("nin-mnist");
  await page.locator("#groups thead th").filter({ hasText: "Test accuracy" }).getByRole("button").click();
  expect(await first.textContent()).toBe("vgg11");
  expect(complaints).toEqual([]);
  expect(requests).toEqual([expect.stringMatching(/^file:/)]);
});
