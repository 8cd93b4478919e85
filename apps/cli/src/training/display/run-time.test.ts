import type { TrainingEvent, TrainingProgress } from "@nin/training";
import { describe, expect, it } from "vitest";
import { createDisplay } from "./create-display.js";
import { RunTime, roundedTime } from "./run-time.js";

const start = {
  kind: "start",
  step: 0,
  lastStep: 1010,
  stepsPerEpoch: 101,
  epochs: 10,
  evaluatedImages: 303,
} as const;

function progress(step: number, imagesPerSecond: number): TrainingProgress {
  return { kind: "progress", step, epoch: 1, loss: 1, trainLoss: 1, learningRate: 1, imagesPerSecond };
}

function linesAfter(events: readonly TrainingEvent[], earlyStopping?: number): readonly string[] {
  const stopping = { monitor: "validationLoss", patience: 1, minDelta: 0 } as const;
  const runTime = new RunTime({ batchSize: 10, ...(earlyStopping && { earlyStopping: stopping }) });
  return events.flatMap((event) => runTime.lineAfter(event) ?? []);
}

describe("the time that a run will take", () => {
  it("is said once, after the second measurement, evaluations included", () => {
    const events = [start, progress(2, 1), progress(10, 100), progress(20, 50)];
    // 10,000 images of steps and a third of ten evaluations of 303.
    expect(linesAfter(events)).toEqual([
      "About 2 minutes to go: 1,000 steps at 100 images/s, and evaluations",
    ]);
    expect(linesAfter(events, 1)[0]).toMatch(/^At most about 2 minutes/);
  });

  it("is that of the rest of a run, and of its steps alone where it ends within an epoch", () => {
    const cut = { ...start, step: 40, lastStep: 90 };
    expect(linesAfter([cut, progress(45, 9), progress(50, 10)])).toEqual([
      "About 40 seconds to go: 40 steps at 10 images/s",
    ]);
  });

  it("is not said of a run that ends soon, nor where nothing is measured", () => {
    expect(linesAfter([start, progress(2, 1), progress(10, 1000)])).toEqual([]);
    expect(linesAfter([start, progress(2, 1), progress(10, 0)])).toEqual([]);
  });

  it("is rounded as an estimate is", () => {
    const seconds = [20, 94, 96, 600, 89 * 60, 91 * 60, 6.8 * 3600, 50 * 3600];
    expect(seconds.map(roundedTime)).toEqual([
      ...[
        "20 seconds",
        "90 seconds",
        "2 minutes",
        "10 minutes",
        "89 minutes",
        "1.5 hours",
        "7 hours",
        "2 days",
      ],
    ]);
  });
});

describe("a display", () => {
  const warning = { kind: "warning", code: "plateau", step: 3, detail: "the loss stays" } as const;

  function shown(withJson: boolean): readonly string[] {
    const lines: string[] = [];
    const display = createDisplay(
      { batchSize: 10 },
      {
        isInteractive: false,
        print: (line = "") => lines.push(`out: ${line}`),
        note: (line) => lines.push(`err: ${line}`),
        ...(withJson && { printJson: (line: object) => lines.push(JSON.stringify(line)) }),
      },
    );
    for (const event of [start, progress(2, 100), progress(10, 100), warning]) display.on(event);
    display.close();
    return lines;
  }

  it("shows warnings on stderr, and the time", () => {
    expect(shown(false)).toEqual([
      expect.stringMatching(/^out: Step 2\/1010, /),
      "out: About 2 minutes to go: 1,000 steps at 100 images/s, and evaluations",
      "err: Warning: the loss stays",
    ]);
  });

  it("for JSON shows the lines of metrics alone on stdout", () => {
    expect(shown(true)).toEqual([
      "err: About 2 minutes to go: 1,000 steps at 100 images/s, and evaluations",
      JSON.stringify(warning),
      "err: Warning: the loss stays",
    ]);
  });
});
