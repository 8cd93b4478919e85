import { expect, it } from "vitest";
import { sampleEntry } from "../testing/sample-result.js";
import { ratiosOf } from "./ratios.js";

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
