import type { Evaluation } from "@nin/backend";
import { syntheticDataset } from "@nin/data";
import { describe, expect, it } from "vitest";
import type { TrainingWarning } from "../record/metrics.js";
import { smallRecipe } from "../testing/small-training.js";
import { WarningWatch } from "./warnings.js";

const classNames = ["cat", "dog", "bird", "fish"];
const training = { recipe: smallRecipe(), classes: 4, classNames, totalSteps: 1000 };
const guessing = Math.log(4);

/** The warnings of steps with these losses; the watch is replaced by one with its counters after each, as on resuming. */
function afterSteps(losses: readonly number[]): readonly TrainingWarning[] {
  let watch = new WarningWatch(training);
  return losses.flatMap((loss, index) => {
    watch = new WarningWatch(training, JSON.parse(JSON.stringify(watch.counters)));
    return watch.afterStep(index + 1, loss);
  });
}

function repeated(loss: number, times: number): readonly number[] {
  return Array.from({ length: times }, () => loss);
}

/** An evaluation of ten images of each class, of which those of `dead` are taken for the first class. */
function evaluation(dead: readonly number[]): Evaluation {
  const confusion = Array.from({ length: 16 }, () => 0);
  for (const label of [0, 1, 2, 3]) confusion[4 * label + (dead.includes(label) ? 0 : label)] = 10;
  return { count: 40, lossSum: 1, correct: 1, confusion };
}

describe("plateau", () => {
  it("is 200 steps in a row with the loss of guessing", () => {
    const warnings = afterSteps([
      1,
      ...repeated(guessing + 0.0099, 100),
      ...repeated(guessing - 0.0099, 150),
    ]);
    expect(warnings).toEqual([
      {
        kind: "warning",
        code: "plateau",
        step: 201,
        detail:
          'for 200 steps the loss has stayed within 0.01 of ln(4) = 1.3863, that of guessing. A larger initial bias of the last layer, as in the recipe "robust", another seed or another learning rate may help',
      },
    ]);
  });

  it("is not 199 of them, nor any number that is interrupted, nor a loss a little lower", () => {
    const run = repeated(guessing, 199);
    expect(afterSteps([...run, guessing - 0.02, ...run])).toEqual([]);
    expect(afterSteps(repeated(guessing - 0.0101, 500))).toEqual([]);
  });
});

describe("divergence", () => {
  it("is a mean loss of 50 steps of more than twice the lowest, and above that of guessing; reported once", () => {
    const warnings = afterSteps([...repeated(1.2, 100), ...repeated(2.5, 150)]);
    expect(warnings.map(({ code, step }) => [code, step])).toEqual([["divergence", 150]]);
    expect(warnings[0]?.detail).toBe(
      "the mean loss of the last 50 steps, 2.500, is more than 2 times the lowest so far, 1.200: the learning rate of 0.1 is probably too high. Try 0.01, or more warmupSteps",
    );
  });

  it("shows in the first 50 steps, by the first loss", () => {
    expect(afterSteps([guessing, ...repeated(9, 49)]).map(({ step }) => step)).toEqual([50]);
  });

  it("is not a loss that falls from a high start, rises within what guessing costs, or jumps for some steps", () => {
    expect(afterSteps([...repeated(30, 50), ...repeated(5, 50), ...repeated(1, 50)])).toEqual([]);
    expect(afterSteps([...repeated(0.2, 100), ...repeated(2, 100)])).toEqual([]);
    expect(afterSteps([...repeated(1.2, 100), ...repeated(20, 3), ...repeated(1.2, 47)])).toEqual([]);
  });

  it("is a loss that is not finite, which is reported once", () => {
    const watch = new WarningWatch(training);
    expect(watch.notFinite(7, "the loss")).toMatchObject([
      {
        code: "divergence",
        step: 7,
        detail: expect.stringMatching(/^the loss is no longer a finite number: /),
      },
    ]);
    expect(watch.notFinite(8, "the loss")).toEqual([]);
  });

  it("is a loss that is not finite, also where it was reported to grow before", () => {
    const watch = new WarningWatch(training);
    const grown = [...repeated(1.2, 100), ...repeated(2.5, 50)];
    expect(grown.flatMap((loss, index) => watch.afterStep(index + 1, loss))).toHaveLength(1);
    expect(watch.notFinite(151, "a value of net.0.weight")).toMatchObject([
      {
        code: "divergence",
        step: 151,
        detail: expect.stringMatching(/^a value of net\.0\.weight is no longer/),
      },
    ]);
  });
});

describe("dead-class", () => {
  it("is a class that no evaluation predicted for 400 steps, each reported once", () => {
    let watch = new WarningWatch(training);
    const warnings = [
      [300, [1, 2]],
      [400, [2, 3]],
      [500, [2, 3]],
      [900, [2, 3]],
    ].flatMap(([step, dead]) => {
      watch = new WarningWatch(training, JSON.parse(JSON.stringify(watch.counters)));
      return watch.afterEvaluation(step as number, "validation", evaluation(dead as number[]));
    });
    expect(warnings.map(({ code, step }) => [code, step])).toEqual([
      ["dead-class", 400],
      ["dead-class", 900],
    ]);
    expect(warnings[0]?.detail).toMatch(
      /^no validation image was classified as 1 of 4 classes \(bird\) in the last 400 steps\. /,
    );
    expect(warnings[1]?.detail).toContain("1 of 4 classes (fish) in the last 600 steps");
  });

  it("in a run of fewer steps is one that is never predicted at all, if there are at least 100", () => {
    const ends = (totalSteps: number): number =>
      new WarningWatch({ ...training, totalSteps }).afterEvaluation(totalSteps, "test", evaluation([1]))
        .length;
    expect([ends(99), ends(100), ends(399)]).toEqual([0, 1, 1]);
  });

  it("is not a class of less than five images, nor one that was predicted meanwhile", () => {
    const warnings = [0, 4, 5].map((images) => {
      // Those of the second class are taken for the first.
      const confusion = evaluation([]).confusion.with(5, 0).with(4, images);
      return new WarningWatch(training).afterEvaluation(999, "test", { ...evaluation([]), confusion }).length;
    });
    expect(warnings).toEqual([0, 0, 1]);
    const watch = new WarningWatch(training);
    expect(watch.afterEvaluation(999, "test", evaluation([]))).toEqual([]);
    for (const [step, dead] of [
      [1300, [1]],
      [1600, []],
      [1900, [1]],
    ] as const) {
      expect(watch.afterEvaluation(step, "test", evaluation(dead))).toEqual([]);
    }
  });
});

describe("before the first step", () => {
  const data = syntheticDataset({ size: 8, train: 100, test: 20 }).train;
  const all = { name: "training", data, count: 100 };
  const of = (changes: object, totalSteps: number) =>
    new WarningWatch({
      recipe: smallRecipe({}, changes),
      classes: 10,
      classNames: data.classNames,
      totalSteps,
    }).atStart([all]);

  it("long-warmup is one that takes the whole run, not one step less", () => {
    const schedule = { kind: "cosine", warmupSteps: 20 };
    expect(of({ schedule }, 20)).toMatchObject([
      {
        code: "long-warmup",
        step: 0,
        detail: expect.stringMatching(/^the warm-up of 20 steps takes all 20 steps/),
      },
    ]);
    expect(of({ schedule }, 21)).toEqual([]);
  });

  it("missing-class is one without an image in a part, among those that are used", () => {
    const watch = new WarningWatch({ ...training, classes: 10, classNames: data.classNames });
    const firstThree = new Set(data.labels.subarray(0, 3)).size;
    const warnings = watch.atStart([
      all,
      { name: "test", data, count: 3 },
      { name: "validation", data, count: 0 },
    ]);
    expect(warnings).toMatchObject([{ code: "missing-class", step: 0 }]);
    expect(warnings[0]?.detail).toContain(
      `the 3 test images have none of ${10 - firstThree} of 10 classes (`,
    );
    expect(watch.atStart([all])).toEqual([]);
  });

  it("missing-class is also a class of the network that the data do not have", () => {
    const watch = new WarningWatch({ ...training, classes: 12, classNames: data.classNames });
    expect(watch.atStart([all])[0]?.detail).toContain(
      "the 100 training images have none of 2 of 12 classes (class 10, class 11): such classes cannot be learned",
    );
  });
});
