import { expect, it } from "vitest";
import { sampleCase, sampleEntry, sampleResult } from "../testing/sample-result.js";
import { compareCheckouts, ratiosOf } from "./ratios.js";

const medians = (ids: readonly string[]): readonly (readonly [string, string, number])[] =>
  ratiosOf(ids.map((id, index) => sampleEntry(id, [10 * 2 ** index]))).map(({ of, to, speed }) => [
    of,
    to,
    speed.median,
  ]);

it("compares with PyTorch where it was measured, else with the first", () => {
  expect(medians(["a", "b", "c"])).toEqual([
    ["b", "a", 2],
    ["c", "a", 4],
  ]);
  expect(medians(["a", "pytorch", "pytorch:channels-last"])).toEqual([
    ["a", "pytorch:channels-last", 0.25],
    ["pytorch", "pytorch:channels-last", 0.5],
  ]);
  expect(ratiosOf([])).toEqual([]);
});

it("compares each backend with its build in another checkout, after the others", () => {
  const entries = [
    sampleEntry("a", [20, 21]),
    sampleEntry("a@checkout", [10, 10.5]),
    sampleEntry("b", [9, 9.9, 9]),
    sampleEntry("b@checkout", [10, 11, 10]),
  ];
  const pairs = ratiosOf(entries).map(({ of, to }) => `${of} to ${to}`);
  expect(pairs.slice(-2)).toEqual(["a to a@checkout", "b to b@checkout"]);
  const result = sampleResult([sampleCase(entries)]);
  const judged = (threshold: number) =>
    compareCheckouts(result, threshold).map(({ implementation, speed, regression }) => ({
      implementation,
      speed: speed.median,
      regression,
    }));
  expect(judged(0.05)).toEqual([
    { implementation: "a", speed: 2, regression: false },
    { implementation: "b", speed: 0.9, regression: true },
  ]);
  expect(judged(0.2).map(({ regression }) => regression)).toEqual([false, false]);
});
