import { builtinRecipe, parseRecipe, resolvedPreprocessing } from "@nin/spec";
import type { EpochMetrics, MetricsLine } from "@nin/training";
import { describe, expect, it } from "vitest";
import { renderReport } from "./render-report.js";
import type { ReportData } from "./report-data.js";
import { augmentationText, earlyStoppingText, scheduleText } from "./run-facts.js";
import { readHistory } from "./run-history.js";
import { sampleConfig, sampleEpoch, sampleRun, sampleStep } from "./testing/sample-run.js";
import { accuracyChart, learningRateChart, lossChart } from "./training-curves.js";

const recipe = parseRecipe({
  ...builtinRecipe("d2l"),
  epochs: 20,
  schedule: { kind: "plateau", factor: 0.1, patience: 3, warmupSteps: 50 },
  augmentation: { horizontalFlip: 0.5, cropPadding: 4 },
  validation: { fraction: 0.1 },
  earlyStopping: { patience: 2, minDelta: 0.01 },
});

/** The second of three epochs is the best by its loss, the third by its accuracy. */
function validatedEpoch(epoch: number): EpochMetrics {
  const [validationLoss, validationAccuracy] = [
    [0.5, 0.8],
    [0.25, 0.9],
    [0.25, 0.95],
  ][epoch - 1] as [number, number];
  return { ...sampleEpoch(epoch), validationLoss, validationAccuracy, learningRate: 0.05 };
}
const epochs = [1, 2, 3].map(validatedEpoch);

function chosenRun(metrics: readonly MetricsLine[] = epochs): ReportData {
  const preprocessing = resolvedPreprocessing(recipe.preprocessing);
  return { ...sampleRun(), config: { ...sampleConfig(), recipe: { ...recipe, preprocessing } }, metrics };
}

describe("a run with a validation split", () => {
  const page = renderReport(chosenRun());

  it("leads to its best epoch, and says that it stopped early", () => {
    expect(page).toContain(
      "The best epoch, by validation loss, is 2: validation loss 0.2500, validation accuracy 90.00%, test accuracy",
    );
    expect(page).toContain("Stopped early, after 3 of 20 epochs: later ones no longer improved");
    // The test set must not seem to choose.
    expect(page).not.toContain("The best was ");
  });

  it("has curves of its own, and columns in the table", () => {
    const history = readHistory(epochs);
    const [loss, accuracy] = [lossChart(history), accuracyChart(history)];
    expect(loss?.series.map(({ label }) => label)).toEqual(["Training, epoch mean", "Validation", "Test"]);
    expect(accuracy).toMatchObject({
      title: "Accuracy",
      series: [
        { label: "Validation", y: [80, 90, 95] },
        { label: "Test", x: [469, 938, 1407] },
      ],
    });
    expect(page).toContain('<th scope="col">Validation loss</th><th scope="col">Validation accuracy</th>');
    expect(page).toContain('<th scope="row">2 (best)</th>');
    expect(page.match(/\(best\)/g)).toHaveLength(1);
  });

  it("chooses by what early stopping watches", () => {
    expect(readHistory(epochs, "validationAccuracy").chosen?.epoch).toBe(3);
    expect(readHistory(epochs).chosen?.epoch).toBe(2);
    expect(readHistory([sampleEpoch(1)]).chosen).toBeUndefined();
  });

  it("counts its images and says what it does", () => {
    expect(page).toContain("54,000 training images, 6,000 validation images, 10,000 test images");
    expect(page).toContain("times 0.1 on a plateau of validation loss, patience 3 epochs, 50 warm-up steps");
    expect(page).toContain(
      "<dt>Early stopping</dt><dd>validation loss, patience 2 epochs, improvement above 0.01",
    );
    expect(page).toContain("flipped with probability 0.5, cropped from a padding of 4 pixels");
  });
});

describe("the learning rate", () => {
  it("has a chart where it changes", () => {
    const steps = [0.05, 0.05, 0.005].map((learningRate, index) => ({
      ...sampleStep(index + 1),
      learningRate,
    }));
    expect(learningRateChart(readHistory(steps))).toMatchObject({ series: [{ y: [0.05, 0.05, 0.005] }] });
    expect(learningRateChart(readHistory(steps.slice(0, 2)))).toBeUndefined();
    expect(learningRateChart(readHistory([]))).toBeUndefined();
  });
});

describe("warnings", () => {
  it("have a section of their own, each with its step, as text", () => {
    const warning = {
      kind: "warning",
      code: "dead-class",
      step: 1200,
      detail: "no <b> was classified",
    } as const;
    const page = renderReport(chosenRun([...epochs, warning]));
    expect(page).toContain('<h2 id="warnings-heading">Warnings</h2>');
    expect(page).toContain(
      '<p class="notice"><strong>A class is never predicted</strong> (step 1,200): no &lt;b&gt; was classified.</p>',
    );
  });

  it("have none where there is nothing to warn of, and do not count as progress", () => {
    expect(renderReport(chosenRun())).not.toContain("warnings-heading");
    const warning = { kind: "warning", code: "plateau", step: 1407, detail: "" } as const;
    expect(readHistory([...epochs, warning]).elapsedMs).toBe(readHistory(epochs).elapsedMs);
  });
});

it("lines of earlier versions have no validation", () => {
  const { validationLoss, validationAccuracy, learningRate, ...former } = validatedEpoch(1);
  const history = readHistory([former]);
  expect(lossChart(history)?.series.map(({ label }) => label)).toEqual(["Training, epoch mean", "Test"]);
  expect(accuracyChart(history)?.title).toBe("Test accuracy");
});

it("schedules, early stopping and augmentation are said in words", () => {
  expect(scheduleText({ kind: "multiStep", milestones: [60, 120], gamma: 0.2, warmupSteps: 0 })).toBe(
    "times 0.2 after epochs 60, 120",
  );
  expect(
    scheduleText({
      kind: "plateau",
      factor: 0.5,
      patience: 1,
      monitor: "validationAccuracy",
      warmupSteps: 0,
    }),
  ).toBe("times 0.5 on a plateau of validation accuracy, patience 1 epoch");
  expect(earlyStoppingText({ monitor: "validationAccuracy", patience: 1, minDelta: 0 })).toBe(
    "validation accuracy, patience 1 epoch",
  );
  expect(augmentationText({ horizontalFlip: 0, cropPadding: 0 })).toBe("none");
});
