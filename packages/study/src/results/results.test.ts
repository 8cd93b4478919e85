import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { sampleResults, sampleRun } from "../testing/results.js";
import { studyResultsCsv } from "./csv.js";
import { groupRuns, settingsText, spreadOf, variedSettings } from "./groups.js";
import { isToDo, parseStudyResults } from "./results.js";

const ODD = 'a "b", c\nd';
const results = sampleResults([
  sampleRun("1", {
    settings: { model: "nin", seed: 0, "recipe.epochs": 2, limit: null },
    testAccuracy: 0.875,
  }),
  sampleRun("2", {
    ...{ settings: { model: ODD, seed: 1, "recipe.optimizer": { kind: "sgd" } }, status: "failed" },
    ...{ epochs: null, testAccuracy: null, testLoss: null, imagesPerSecond: null, elapsedMs: null },
    error: { code: "NIN_RUNTIME", message: "=1+1" },
    warnings: ["dead-class", "plateau"],
    worker: "-host",
  }),
]);

describe("results", () => {
  it("are read as they were written", () => {
    expect(parseStudyResults(JSON.parse(JSON.stringify(results)))).toEqual(results);
  });

  it("of earlier files have no warnings and no error", () => {
    const runs = results.runs.map(({ warnings: _, error: __, ...rest }) => rest);
    const read = parseStudyResults({ ...results, runs });
    expect(read.runs.map(({ warnings, error }) => [warnings, error])).toEqual([
      [[], null],
      [[], null],
    ]);
  });

  it.each([
    [{ id: "../../etc" }, "runs[0].id: expected 16 hexadecimal digits"],
    [{ status: "done" }, 'runs[0].status: expected one of "waiting"'],
    [{ attempts: -1 }, "runs[0].attempts: expected a non-negative integer"],
    [{ testAccuracy: "0.9" }, "runs[0].testAccuracy: expected a number or null"],
    [{ settings: [] }, "runs[0].settings: expected an object"],
    [{ extra: 1 }, "runs[0].extra: unknown field"],
  ])("with %j are refused", (change, problem) => {
    const runs = [{ ...results.runs[0], ...change }];
    expect(() => parseStudyResults({ ...results, runs })).toThrow(problem);
  });

  it("say which runs are still to be trained: one that diverged would diverge again", () => {
    const failed = (code: string) => ({ status: "failed", error: { code, message: "" } }) as const;
    expect(isToDo(failed("NIN_DIVERGED"))).toBe(false);
    expect(isToDo(failed("NIN_RUNTIME"))).toBe(true);
    expect(isToDo({ status: "finished", error: null })).toBe(false);
    for (const status of ["waiting", "running", "interrupted"] as const)
      expect(isToDo({ status, error: null })).toBe(true);
  });
});

it("the table is read by others: every setting and figure, whatever is in them, and no formula", () => {
  const [head, first, second] = parse(studyResultsCsv(results)) as string[][];
  const rowOf = (row: string[] | undefined) =>
    Object.fromEntries((head ?? []).map((name, index) => [name, row?.[index]]));
  expect(head?.slice(0, 6)).toEqual(["id", "model", "seed", "limit", "recipe.epochs", "recipe.optimizer"]);
  expect(rowOf(first)).toMatchObject({
    ...{ id: "0000000000000001", model: "nin", seed: "0", limit: "", "recipe.epochs": "2" },
    ...{ status: "finished", testAccuracy: "0.875", warnings: "", error: "", macs: "20000" },
  });
  expect(rowOf(second)).toMatchObject({
    ...{ model: ODD, "recipe.epochs": "", "recipe.optimizer": '{"kind":"sgd"}', status: "failed" },
    ...{ testAccuracy: "", warnings: "dead-class plateau", error: "'=1+1", worker: "'-host" },
  });
});

describe("groups", () => {
  const seeded = sampleResults(
    [0.9, 0.92, 0.91].map((testAccuracy, seed) =>
      sampleRun(`${seed}`, { settings: { model: "nin", seed, recipe: "d2l" }, testAccuracy }),
    ),
  );

  it("are the runs that differ in nothing but the seed, with mean and spread", () => {
    const other = sampleRun("9", {
      settings: { model: "vgg11", seed: 0, recipe: "d2l" },
      status: "running",
      testAccuracy: 0.5,
    });
    const groups = groupRuns(sampleResults([...seeded.runs, other]));
    expect(groups.map(({ settings }) => settings)).toEqual([{ model: "nin" }, { model: "vgg11" }]);
    expect(groups[0]?.testAccuracy).toMatchObject({ count: 3, min: 0.9, max: 0.92 });
    expect(groups[0]?.testAccuracy?.mean).toBeCloseTo(0.91, 12);
    expect(groups[0]?.testAccuracy?.standardDeviation).toBeCloseTo(0.01, 12);
    // A run that is not finished has no result yet.
    expect(groups[1]?.testAccuracy).toBeNull();
  });

  it("keep settings apart that a run does not have from those that are null", () => {
    const runs = [{ model: "nin", limit: null }, { model: "nin" }, { model: "nin", limit: 5 }];
    const groups = groupRuns(sampleResults(runs.map((settings, id) => sampleRun(`${id}`, { settings }))));
    expect(groups.map(({ settings }) => settings)).toEqual([{ limit: null }, {}, { limit: 5 }]);
  });

  it("are named by what varies, in the order of tables", () => {
    const settings = { "recipe.epochs": 2, seed: 1, model: "nin", data: "photos" };
    const runs = [settings, { ...settings, seed: 2, model: "vgg11", "recipe.epochs": 3 }];
    const varied = variedSettings({ runs: runs.map((own) => ({ settings: own })) });
    expect(varied).toEqual(["model", "seed", "recipe.epochs"]);
    expect(settingsText(settings, varied)).toBe("nin, epochs 2, seed 1");
    const paths = ["recipe.optimizer.kind", "recipe.schedule.kind", "recipe.optimizer.learningRate"];
    const pathSettings = Object.fromEntries(paths.map((path, index) => [path, index]));
    expect(settingsText(pathSettings, paths)).toBe("optimizer.kind 0, schedule.kind 1, learningRate 2");
    expect(settingsText(settings, [])).toBe("nin");
  });
});

it("a spread of one value has no deviation, of none is null", () => {
  expect(spreadOf([3])).toEqual({ count: 1, mean: 3, standardDeviation: null, min: 3, max: 3 });
  expect(spreadOf([])).toBeNull();
});
