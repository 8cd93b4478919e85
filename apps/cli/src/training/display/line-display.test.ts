import type { EpochMetrics, TrainingProgress } from "@nin/training";
import { afterEach, describe, expect, it, vi } from "vitest";
import { epochLine } from "./display.js";
import { LineDisplay } from "./line-display.js";

const progress = (step: number): TrainingProgress => ({
  kind: "progress",
  step,
  epoch: 1,
  loss: 1.23456,
  trainLoss: 2,
  learningRate: 0.1,
  imagesPerSecond: 1000,
});
const epoch: EpochMetrics = {
  kind: "epoch",
  epoch: 1,
  step: 100,
  trainLoss: 0.71234,
  testLoss: 0.453,
  testAccuracy: 0.83214,
  testImages: 10_000,
  confusion: null,
  imagesPerSecond: 1240.4,
  elapsedMs: 250_000,
};

/** All lines, those of stderr marked. */
function linesTo(lines: string[]) {
  return {
    print: (line = ""): void => void lines.push(line),
    note: (line: string): void => void lines.push(`stderr: ${line}`),
  };
}

describe("LineDisplay", () => {
  afterEach(() => vi.restoreAllMocks());

  it("writes a line about the steps every ten seconds, and at the last one", () => {
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const lines: string[] = [];
    const display = new LineDisplay(10, linesTo(lines));
    display.on({ kind: "start", step: 0, lastStep: 200, stepsPerEpoch: 100, epochs: 2, evaluatedImages: 50 });
    for (let step = 1; step <= 22; step += 1) {
      display.on(progress(step));
      now += 1000;
    }
    display.on(progress(200));
    expect(lines).toEqual([
      "Step 1/200, epoch 1/2: loss 1.2346, 1,000 images/s, 2s left",
      "Step 11/200, epoch 1/2: loss 1.2346, 1,000 images/s, 2s left",
      "Step 21/200, epoch 1/2: loss 1.2346, 1,000 images/s, 2s left",
      "Step 200/200, epoch 1/2: loss 1.2346, 1,000 images/s, 0s left",
    ]);
  });

  it("writes epochs, checkpoints and notes at once, and logged steps never", () => {
    const lines: string[] = [];
    const display = new LineDisplay(10, linesTo(lines));
    display.on({ kind: "start", step: 0, lastStep: 100, stepsPerEpoch: 100, epochs: 1, evaluatedImages: 0 });
    display.on({
      kind: "step",
      step: 1,
      epoch: 1,
      loss: 1,
      learningRate: 1,
      imagesPerSecond: 1,
      elapsedMs: 1,
    });
    display.on({ kind: "evaluation", split: "test", count: 10, totalCount: 20 });
    display.on(epoch);
    display.on({ kind: "checkpoint", step: 100 });
    display.note("a note");
    display.close();
    expect(lines).toEqual([epochLine(epoch, 1), "Checkpoint saved after step 100", "a note"]);
  });
});

describe("epochLine", () => {
  it("prints losses, accuracy, rate and time", () => {
    expect(epochLine(epoch, 2)).toBe(
      "Epoch 1/2: train loss 0.7123, test loss 0.4530, test accuracy 83.21%, 1,240 images/s, 4m 10s",
    );
  });

  it("leaves out what was not evaluated", () => {
    expect(epochLine({ ...epoch, testLoss: null, testAccuracy: null }, 2)).toBe(
      "Epoch 1/2: train loss 0.7123, 1,240 images/s, 4m 10s",
    );
  });
});
