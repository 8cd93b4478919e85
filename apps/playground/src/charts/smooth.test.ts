import type { MetricsLine } from "@nin/training";
import { expect, test } from "vitest";
import { isLone, lossCurves } from "./smooth.js";

const step = (number: number, loss: number): MetricsLine =>
  ({ kind: "step", step: number, epoch: 1, loss }) as MetricsLine;

test("the running mean of equal losses is that loss from the first step on", () => {
  const { raw, mean } = lossCurves([1, 2, 3].map((number) => step(number, 2.3)));
  expect(raw.map(({ x }) => x)).toEqual([1, 2, 3]);
  expect(mean.map(({ y }) => y)).toEqual([2.3, 2.3, 2.3].map((loss) => expect.closeTo(loss, 12)));
});

test("a long run has as many points as a screen shows, its newest among them", () => {
  const { raw, mean } = lossCurves(Array.from({ length: 10_000 }, (_, index) => step(index + 1, 1)));
  expect(raw.length).toBeLessThan(1000);
  expect(mean.length).toBeLessThan(1000);
  expect(mean.at(-1)?.x).toBe(10_000);
});

test.each([
  [undefined, true],
  [[], true],
  [[null, 0.5, undefined, null], true],
  [[null, 0.5, null, 0], false],
])("a point alone is marked, as it is no line: %j", (values, expected) => {
  expect(isLone(values)).toBe(expected);
});
