import { describe, expect, it } from "vitest";
import type { Entry } from "../result/format.js";
import { sampleCase, sampleEntry, sampleResult } from "../testing/sample-result.js";
import { compareResults, comparisonLines } from "./compare.js";

const STEADY = [100, 101, 99, 100, 100];

function runOf(...entries: readonly Entry[]) {
  return sampleResult([sampleCase(entries)]);
}

function compare(before: readonly number[], after: readonly number[], threshold = 0.05) {
  return compareResults(runOf(sampleEntry("a", before)), runOf(sampleEntry("a", after)), threshold);
}

describe("from one run to another", () => {
  it("nothing has changed where intervals overlap, however far the medians are apart", () => {
    const { changes, regressions } = compare([60, 100, 140, 80, 120], [50, 85, 130, 70, 110]);
    expect(changes).toMatchObject([{ beyondNoise: false, regression: false }]);
    expect(regressions).toBe(0);
  });

  it("a slowdown beyond noise and threshold is a regression, a smaller one is not", () => {
    const slower = (factor: number) =>
      compare(
        STEADY,
        STEADY.map((speed) => speed * factor),
      );
    expect(slower(0.9)).toMatchObject({ regressions: 1, changes: [{ beyondNoise: true, regression: true }] });
    expect(slower(0.97)).toMatchObject({
      regressions: 0,
      changes: [{ beyondNoise: true, regression: false }],
    });
    expect(slower(1.1)).toMatchObject({ regressions: 0, changes: [{ beyondNoise: true }] });
    expect(slower(0.9).changes[0]?.speed).toBeCloseTo(0.9);
  });

  it("what was measured and is wrong or fails now is a regression; what is absent is not", () => {
    const gone = (status: Entry["status"]): Entry => ({
      implementation: "a",
      status,
      versions: {},
      flags: [],
      losses: [],
    });
    const from = runOf(sampleEntry("a", STEADY));
    expect(compareResults(from, runOf(gone("wrong")), 0.05).regressions).toBe(1);
    expect(compareResults(from, runOf(gone("failed")), 0.05).regressions).toBe(1);
    expect(compareResults(from, runOf(gone("slow")), 0.05).regressions).toBe(0);
    expect(compareResults(from, runOf(sampleEntry("b", STEADY)), 0.05).changes).toEqual([]);
  });

  it("ratios are held against each other", () => {
    const pair = (factor: number) =>
      runOf(
        sampleEntry("a", STEADY),
        sampleEntry(
          "b",
          STEADY.map((speed) => speed * factor),
        ),
      );
    const { ratios, ratiosAgreeing, largestRatioDifference } = compareResults(pair(1), pair(1.25), 0.05);
    expect([ratios, ratiosAgreeing]).toEqual([1, 0]);
    expect(largestRatioDifference).toBeCloseTo(0.25);
    expect(compareResults(pair(1), pair(1), 0.05)).toMatchObject({ ratios: 1, ratiosAgreeing: 1 });
  });

  it("another machine is a caution", () => {
    const run = runOf(sampleEntry("a", STEADY));
    const other = { ...run, environment: { ...run.environment, cpu: "another" } };
    expect(compareResults(run, other, 0.05).cautions).toEqual(["cpu: A <processor> before, another now"]);
  });
});

it("is reported in lines, regressions marked", () => {
  const comparison = compare(
    STEADY,
    STEADY.map((speed) => speed / 2),
  );
  expect(comparisonLines(comparison, 0.05)).toEqual([
    "REGRESSION  nin-mnist, batch 8, train: a: 100 -> 50.0 images/s (0.50 times)",
    "1 of 1 changed beyond noise; 1 slower by more than 5%, or no longer measured",
  ]);
});
