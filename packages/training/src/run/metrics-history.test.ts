import { appendFile, readFile, rename, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DownsampledSteps } from "../record/downsampled-steps.js";
import type { EpochMetrics, StepMetrics } from "../record/metrics.js";
import { inNewFolder, smallConfig, trainSmallRun } from "../testing/small-run.js";
import { MetricsHistory, readRunCurves } from "./metrics-history.js";
import { openRun } from "./read-run.js";
import { createRun, resumeRun } from "./run.js";

function step(number: number, loss: number | null = number): StepMetrics {
  // JSON has null for a loss that is not finite.
  const value = loss as number;
  return {
    kind: "step",
    step: number,
    epoch: 1,
    loss: value,
    learningRate: 0.1,
    imagesPerSecond: 5,
    elapsedMs: number,
  };
}

function epoch(number: number): EpochMetrics {
  return {
    ...{
      kind: "epoch",
      epoch: number,
      step: 10 * number,
      trainLoss: 1,
      testLoss: 0.5,
      testAccuracy: 0.9,
      testImages: 4,
    },
    ...{ confusion: [[1]], imagesPerSecond: 5, elapsedMs: 1 },
  };
}

const linesOf = (...lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join("");

describe("the metrics of a run that is trained", () => {
  it("are read on as they are written, half a line only once it is whole", () =>
    inNewFolder(async (folder) => {
      const path = join(folder, "metrics.jsonl");
      const history = new MetricsHistory(folder);
      expect([await history.refresh(), history.lines]).toEqual([false, []]);
      await writeFile(path, linesOf(step(1), { kind: "nonsense" }, step(2)));
      expect([await history.refresh(), history.lines]).toEqual([true, [step(1), step(2)]]);
      expect(await history.refresh()).toBe(false);
      const text = linesOf(step(3), epoch(1));
      await appendFile(path, text.slice(0, 20));
      expect([await history.refresh(), history.lines.length]).toEqual([true, 2]);
      await appendFile(path, text.slice(20));
      expect([await history.refresh(), history.lines]).toEqual([true, [step(1), step(2), step(3), epoch(1)]]);
    }));

  it("are read once by several who ask at the same time", () =>
    inNewFolder(async (folder) => {
      await writeFile(join(folder, "metrics.jsonl"), linesOf(step(1), step(2)));
      const history = new MetricsHistory(folder);
      expect(await Promise.all([1, 2, 3].map(() => history.refresh()))).toEqual([true, false, false]);
      expect(history.lines).toHaveLength(2);
      const aborted = history.refresh(AbortSignal.abort());
      await appendFile(join(folder, "metrics.jsonl"), linesOf(step(3)));
      await aborted.catch(() => {});
      await history.refresh();
      expect(history.lines).toHaveLength(3);
    }));

  it("are read anew where the file was replaced or cut, as by resuming", () =>
    inNewFolder(async (folder) => {
      const path = join(folder, "metrics.jsonl");
      const history = new MetricsHistory(folder);
      await writeFile(path, linesOf(step(1), step(2)));
      await history.refresh();
      await writeFile(`${path}.new`, linesOf(step(1), step(7), step(8)));
      await rename(`${path}.new`, path);
      expect([await history.refresh(), history.lines]).toEqual([true, [step(1), step(7), step(8)]]);
      await truncate(path, linesOf(step(1)).length);
      expect([await history.refresh(), history.lines]).toEqual([true, [step(1)]]);
    }));

  it("are those that openRun gives, before and after a run is resumed", () =>
    inNewFolder(async (folder) => {
      const history = new MetricsHistory(folder);
      const recipe = { ...smallConfig.recipe, epochs: 2 };
      await trainSmallRun(await createRun(folder, { ...smallConfig, recipe }), 5);
      await appendFile(join(folder, "metrics.jsonl"), linesOf(step(6)));
      await history.refresh();
      await trainSmallRun(await resumeRun(folder));
      await history.refresh();
      const all = await (await openRun(folder)).metrics();
      const { confusion: _confusion, ...first } = all.find((line) => line.kind === "epoch") as EpochMetrics;
      expect(history.lines.filter(({ kind }) => kind === "step")).toEqual(
        all.filter(({ kind }) => kind === "step"),
      );
      const epochs = history.lines.filter((line) => line.kind === "epoch");
      expect(epochs[0]).toEqual({ ...first, confusion: null });
      expect(epochs[1]).toEqual(all.at(-1));
    }));

  it("skip what is no line, however long", () =>
    inNewFolder(async (folder) => {
      const path = join(folder, "metrics.jsonl");
      const long = Buffer.alloc(2 ** 24 + 2 ** 21, "x");
      await writeFile(
        path,
        Buffer.concat([Buffer.from(linesOf(step(1))), long, Buffer.from(`\n${linesOf(step(2))}`)]),
      );
      const history = new MetricsHistory(folder);
      await history.refresh();
      expect(history.lines).toEqual([step(1), step(2)]);
    }));

  it("give curves, with the steps of an epoch", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig));
      const { curves, stepsPerEpoch, config } = await readRunCurves(folder);
      const lines = (await readFile(join(folder, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
      const [last] = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "epoch");
      expect(config).toEqual(smallConfig);
      expect(stepsPerEpoch).toBe(7);
      expect(curves.trainLoss.map(({ x }) => x)).toEqual([2, 4, 6]);
      expect(curves.testAccuracy).toEqual([{ x: 7, y: last.testAccuracy }]);
      expect(curves.validationLoss).toEqual([]);
    }));
});

describe("the steps of a long run", () => {
  it("are kept in bounded number, with the lowest, the highest, the last and what is not finite", () => {
    const downsampled = new DownsampledSteps(8);
    const losses = Array.from({ length: 1000 }, (_, index) => (index === 500 ? null : 2 + Math.sin(index)));
    losses[123] = -5;
    losses[877] = 50;
    losses.forEach((loss, index) => {
      downsampled.add(step(index + 1, loss));
    });
    const steps = downsampled.lines.map((line) => line.step);
    expect(steps.length).toBeLessThanOrEqual(4 * 8);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(steps).toEqual(expect.arrayContaining([124, 501, 878, 1000]));
    const means = downsampled.means(4);
    expect(means.length).toBeLessThanOrEqual(4);
    expect(means.at(-1)?.x).toBe(1000);
    const finite = losses.filter((loss) => loss !== null);
    const mean = finite.reduce((sum, loss) => sum + loss, 0) / finite.length;
    expect(downsampled.means(1)).toEqual([{ x: 1000, y: expect.closeTo(mean, 10) }]);
  });

  it("are all kept while there are few", () => {
    const downsampled = new DownsampledSteps(8);
    for (let number = 1; number <= 8; number += 1) downsampled.add(step(number));
    expect(downsampled.lines).toHaveLength(8);
    expect(downsampled.means(100).map(({ y }) => y)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new DownsampledSteps().means(5)).toEqual([]);
  });
});
