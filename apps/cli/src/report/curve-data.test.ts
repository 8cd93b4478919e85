import type { MetricsLine } from "@nin/training";
import { describe, expect, it } from "vitest";
import { type CurveChart, type CurveData, curveData } from "./curve-data.js";
import { readHistory } from "./run-history.js";
import { madeUpEpoch, madeUpRun, madeUpStep } from "./testing/sample-run.js";

describe("curveData", () => {
  it("has every logged step, and the epochs at their steps", () => {
    const { charts, lastStep } = curves(madeUpRun().metrics);
    expect(lastStep).toBe(938);
    expect(charts.map(({ id }) => id)).toEqual(["chart-loss", "chart-accuracy"]);
    const [logged, train, test] = charts[0]?.series ?? [];
    expect(logged?.x).toEqual(Array.from({ length: 93 }, (_, index) => 10 * (index + 1)));
    expect(logged?.y[0]).toBeCloseTo(madeUpStep(10).loss, 4);
    expect(train).toMatchObject({ style: "train", x: [469, 938], y: [0.6, 0.4] });
    expect(test).toMatchObject({ style: "test", x: [469, 938], y: [0.48, 0.33] });
  });

  it("gives the accuracy in percent", () => {
    const { charts } = curves([{ ...madeUpEpoch(1), testAccuracy: 0.876543 }]);
    expect(charts[1]).toMatchObject({ unit: "percent", series: [{ x: [469], y: [87.6543] }] });
  });

  it("breaks the line where a loss is not finite", () => {
    const losses = [2, Number.NaN, Number.POSITIVE_INFINITY, 0];
    const { charts } = curves(losses.map((loss, index) => ({ ...madeUpStep(index + 1), loss })));
    expect(charts).toHaveLength(1);
    expect(charts[0]?.series[0]?.y).toEqual([2, null, null, 0]);
  });

  it("leaves out what has no finite value", () => {
    expect(curves([])).toEqual({ lastStep: 1, charts: [] });
    expect(curves([{ ...madeUpStep(1), loss: Number.NaN }]).charts).toEqual([]);
    const unevaluated = { ...madeUpEpoch(1), testLoss: null, testAccuracy: null, testImages: 0 };
    expect(curves([unevaluated]).charts.map(({ series }) => series.map(({ style }) => style))).toEqual([
      ["train"],
    ]);
  });

  it("takes a logarithmic axis for losses that span more than a thousandfold", () => {
    const scale = (losses: readonly number[]): CurveChart["scale"] | undefined =>
      curves(losses.map((loss, index) => ({ ...madeUpStep(index + 1), loss }))).charts[0]?.scale;
    expect(scale([2, 0.002])).toBe("linear");
    expect(scale([2, 0.0019])).toBe("log");
    expect(scale([2, 0])).toBe("linear");
  });
});

function curves(metrics: readonly MetricsLine[]): CurveData {
  return curveData(readHistory(metrics));
}
