import { at } from "@nin/spec";
import { parseStudy, type StudyRunResult } from "@nin/study";
import { type PlannedRun, planRuns, type StudyEvent, type StudyPlan } from "@nin/study/node";
import { describe, expect, it } from "vitest";
import { displayWidth } from "../terminal/text-width.js";
import { createStudyDisplay, runBar, studyLine } from "./display.js";
import { StudyProgress } from "./progress.js";

const planned = (base: object = {}): Promise<StudyPlan> =>
  planRuns(
    parseStudy({
      ...{ format: "nin-study", version: 1, name: "example" },
      base: { recipe: "d2l", data: "synthetic", "recipe.epochs": 2, "recipe.batchSize": 10, ...base },
      grid: { model: ["nin-mnist", "nin-mnist?mlpConvs=0"], seed: [0, 1] },
    }),
    "/nowhere",
  );

function resultOf(run: PlannedRun, changes: Partial<StudyRunResult> = {}): StudyRunResult {
  const { id, settings, parameters, macs } = run;
  return {
    ...{ id, settings, parameters, macs, status: "finished", attempts: 1, worker: null, epochs: 2 },
    ...{
      testAccuracy: 0.9,
      testLoss: 0.3,
      imagesPerSecond: 100,
      elapsedMs: 65_000,
      warnings: [],
      error: null,
    },
    ...changes,
  };
}

const results = (runs: readonly StudyRunResult[]) =>
  ({ format: "nin-study-results", version: 1, study: "example", runs }) as const;
const opened = (runs: readonly StudyRunResult[]): StudyEvent => ({ kind: "opened", results: results(runs) });
const begun = (plan: StudyPlan, index: number, attempts = 1): StudyEvent => ({
  ...{ kind: "begun", run: at(plan.runs, index), index, attempts },
});
const ended = (plan: StudyPlan, index: number, changes: Partial<StudyRunResult> = {}): StudyEvent => {
  const run = at(plan.runs, index);
  const result = resultOf(run, changes);
  return { kind: "ended", run, index, result, results: results([result]) };
};
/** An epoch of 100 images. */
const start = {
  kind: "start",
  step: 0,
  lastStep: 20,
  stepsPerEpoch: 10,
  epochs: 2,
  evaluatedImages: 50,
} as const;
const stepped = (step: number) =>
  ({
    kind: "progress",
    step,
    epoch: 1,
    loss: 1,
    trainLoss: 1,
    learningRate: 0.1,
    imagesPerSecond: 1234.4,
  }) as const;

describe("the time left of a study", () => {
  it("is unknown at first, then what is left of all runs by the multiply-accumulates a second", async () => {
    const plan = await planned();
    const [large, small] = [at(plan.runs, 0), at(plan.runs, 2)];
    let now = 1000;
    const progress = new StudyProgress(plan, () => now);
    progress.on(opened([]));
    progress.on(begun(plan, 0));
    expect(progress.timeLeftMs).toBeUndefined();
    progress.onTraining(large, start);
    now += 500;
    progress.onTraining(large, stepped(10));
    // Half of the first run took 500 ms: the rest of it, all of the second, and the small ones by their size.
    const expected = 500 + 1000 + 2 * 1000 * (small.macs / large.macs);
    expect(progress.timeLeftMs).toBeCloseTo(expected, 6);
    progress.on(ended(plan, 0));
    expect(progress.timeLeftMs).toBeCloseTo(expected - 500, 6);
  });

  it("does not count what ended before, and counts what is tried again", async () => {
    const plan = await planned();
    const run = at(plan.runs, 1);
    let now = 0;
    const progress = new StudyProgress(plan, () => now);
    const error = { code: "NIN_DIVERGED", message: "" };
    progress.on(
      opened([
        resultOf(at(plan.runs, 0)),
        resultOf(run, { status: "failed", error: { ...error, code: "NIN_RUNTIME" } }),
        resultOf(at(plan.runs, 2), { status: "failed", error }),
        resultOf(at(plan.runs, 3)),
      ]),
    );
    expect(progress.endedCount).toBe(4);
    progress.on(begun(plan, 1, 2));
    expect(progress.endedCount).toBe(3);
    progress.onTraining(run, { ...start, step: 10 });
    now += 100;
    progress.onTraining(run, stepped(15));
    // Steps that were done before this process began are no work of it.
    expect(progress.timeLeftMs).toBeCloseTo(100, 6);
  });

  it("takes the number of images from a limit, and the epochs that robust suits to it", async () => {
    const plan = await planned({ recipe: "robust", limit: 50, "recipe.epochs": 4 });
    const run = at(plan.runs, 0);
    let now = 0;
    const progress = new StudyProgress(plan, () => now);
    progress.on(opened([at(plan.runs, 2), at(plan.runs, 3)].map((other) => resultOf(other))));
    progress.on(begun(plan, 0));
    progress.onTraining(run, { ...start, stepsPerEpoch: 5, epochs: 4 });
    now += 100;
    progress.onTraining(run, stepped(20));
    expect(progress.timeLeftMs).toBeCloseTo(100, 6);
  });
});

it("the best run so far is the finished one of the highest accuracy", async () => {
  const plan = await planned();
  const progress = new StudyProgress(plan);
  progress.on(opened([]));
  expect(progress.best).toBeUndefined();
  progress.on(ended(plan, 0, { testAccuracy: 0.9 }));
  progress.on(ended(plan, 1, { testAccuracy: 0.95, status: "interrupted" }));
  progress.on(ended(plan, 2, { testAccuracy: 0.92 }));
  expect(progress.best).toEqual({ label: "nin-mnist?mlpConvs=0, seed 0", testAccuracy: 0.92 });
  expect(studyLine(progress)).toBe("Study: 2 of 4 runs ended, best 92.00% (nin-mnist?mlpConvs=0, seed 0)");
});

describe("a line of a run in progress", () => {
  it("fits the terminal: the bar gets shorter, then the label loses its middle", async () => {
    const run = at((await planned()).runs, 0);
    const running = {
      ...{ run, number: 1, label: "nin-mnist?mlpConvs=1, learningRate 0.003, seed 2", phase: "testing 100%" },
      ...{ step: 1500, lastStep: 3000, imagesPerSecond: 12_345 },
    };
    expect(runBar(running, 140)).toBe(
      "nin-mnist?mlpConvs=1, learningRate 0.003, seed 2 [========        ] testing 100%, 1500/3000, 12,345 images/s",
    );
    for (let columns = 40; columns <= 140; columns += 1)
      expect(displayWidth(runBar(running, columns))).toBeLessThanOrEqual(columns - 3);
    expect(runBar(running, 80)).toMatch(
      /^nin-mnist\S*…\S* ?seed 2 \[=== {3}\] testing 100%, 1500\/3000, 12,345 images\/s$/,
    );
    expect(
      runBar({ ...running, lastStep: 0, step: 0, phase: "starting", imagesPerSecond: undefined }, 80),
    ).toContain("] starting, 0/0");
  });
});

it("plain lines say what began, how it ended, and what failed", async () => {
  const plan = await planned();
  const said: string[] = [];
  const output = { isInteractive: false, note: () => {}, say: (line: string) => said.push(line) };
  const display = createStudyDisplay(new StudyProgress(plan), 1, output);
  display.on(opened([resultOf(at(plan.runs, 0))]));
  display.on(begun(plan, 1));
  display.on(ended(plan, 1, { warnings: ["dead-class"] }));
  display.on(begun(plan, 2, 3));
  display.on(ended(plan, 2, { status: "failed", error: { code: "NIN_RUNTIME", message: "out of memory" } }));
  display.on(ended(plan, 3, { status: "interrupted" }));
  expect(said).toEqual([
    "Study example: 4 runs, 1 of them ended before",
    "Run 2 of 4, nin-mnist, seed 1: begins",
    "Run 2 of 4, nin-mnist, seed 1: 90.00% test accuracy, 2 epochs, 1m 05s, warnings: dead-class",
    "Run 3 of 4, nin-mnist?mlpConvs=0, seed 0: continues, attempt 3",
    "Run 3 of 4, nin-mnist?mlpConvs=0, seed 0: failed: out of memory",
    "Run 4 of 4, nin-mnist?mlpConvs=0, seed 1: stopped, to be continued",
  ]);
});
