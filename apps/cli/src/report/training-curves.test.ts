import type { Chart } from "@nin/page";
import type { MetricsLine } from "@nin/training";
import { describe, expect, it } from "vitest";
import { readHistory } from "./run-history.js";
import { sampleEpoch, sampleRun, sampleStep } from "./testing/sample-run.js";
import { accuracyChart, lossChart } from "./training-curves.js";

describe("lossChart", () => {
  it("has every logged step, and the epochs at their steps", () => {
    const chart = lossOf(sampleRun().metrics);
    expect(chart?.x.range).toEqual([0, 938]);
    const [logged, train, test] = chart?.series ?? [];
    expect(logged?.x).toEqual(Array.from({ length: 93 }, (_, index) => 10 * (index + 1)));
    expect(logged?.y[0]).toBeCloseTo(sampleStep(10).loss, 4);
    expect(train).toMatchObject({ label: "Training, epoch mean", x: [469, 938], y: [0.6, 0.4] });
    expect(test).toMatchObject({ label: "Test", x: [469, 938], y: [0.48, 0.33] });
  });

  it("breaks the line where a loss is not finite", () => {
    const losses = [2, Number.NaN, Number.POSITIVE_INFINITY, 0];
    const chart = lossOf(losses.map((loss, index) => ({ ...sampleStep(index + 1), loss })));
    expect(chart?.series[0]?.y).toEqual([2, null, null, 0]);
  });

  it("omits what has no finite value", () => {
    expect(lossOf([])).toBeUndefined();
    expect(lossOf([{ ...sampleStep(1), loss: Number.NaN }])).toBeUndefined();
    const unevaluated = { ...sampleEpoch(1), testLoss: null, testAccuracy: null, testImages: 0 };
    expect(lossOf([unevaluated])?.series.map(({ label }) => label)).toEqual(["Training, epoch mean"]);
    expect(accuracyOf([unevaluated])).toBeUndefined();
  });

  it("takes a logarithmic axis for losses that span more than a thousandfold", () => {
    const scale = (losses: readonly number[]): Chart["y"]["scale"] | undefined =>
      lossOf(losses.map((loss, index) => ({ ...sampleStep(index + 1), loss })))?.y.scale;
    expect(scale([2, 0.002])).toBe("linear");
    expect(scale([2, 0.0019])).toBe("log10");
    expect(scale([2, 0])).toBe("linear");
  });
});

describe("accuracyChart", () => {
  it("gives the accuracy in percent", () => {
    const chart = accuracyOf([{ ...sampleEpoch(1), testAccuracy: 0.876543 }]);
    expect(chart).toMatchObject({ y: { format: "percent" }, series: [{ x: [469], y: [87.6543] }] });
  });
});

function lossOf(metrics: readonly MetricsLine[]): Chart | undefined {
  return lossChart(readHistory(metrics));
}

function accuracyOf(metrics: readonly MetricsLine[]): Chart | undefined {
  return accuracyChart(readHistory(metrics));
}
