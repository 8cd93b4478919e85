import { describe, expect, it } from "vitest";
import {
  median,
  medianInterval,
  quantile,
  randomPositions,
  ratioOf,
  relativeWidth,
  summaryOf,
} from "./statistics.js";

it("a quantile is interpolated", () => {
  expect(quantile([1, 2, 4], 0.5)).toBe(2);
  expect(quantile([1, 2, 4], 0.25)).toBe(1.5);
  expect(quantile([1, 2, 4], 1)).toBe(4);
  expect(median([4, 1])).toBe(2.5);
  expect(quantile([], 0.5)).toBeNaN();
});

it("positions are sampled evenly, the same for the same seed", () => {
  const sample = (seed: number): readonly number[] => {
    const next = randomPositions(seed, 4);
    return Array.from({ length: 4000 }, next);
  };
  expect(sample(1)).toEqual(sample(1));
  expect(sample(1)).not.toEqual(sample(2));
  for (const position of [0, 1, 2, 3]) {
    const share = sample(1).filter((sampled) => sampled === position).length / 4000;
    expect(Math.abs(share - 0.25)).toBeLessThan(0.03);
  }
});

describe("the interval of a median", () => {
  it("covers the true median in about 95 of 100 samples", () => {
    const next = randomPositions(7, 2 ** 20);
    const sample = (): readonly number[] => Array.from({ length: 15 }, () => next() / 2 ** 20);
    const covering = Array.from({ length: 200 }, sample).filter((values) => {
      const { low, high } = medianInterval(values);
      return low <= 0.5 && 0.5 <= high;
    });
    expect(covering.length / 200).toBeGreaterThan(0.88);
    expect(covering.length / 200).toBeLessThan(1);
  });

  it("is a point where all samples agree, and grows with their spread", () => {
    expect(medianInterval([3, 3, 3])).toEqual({ low: 3, high: 3 });
    const wide = summaryOf([1, 2, 3, 4, 5, 6, 7]);
    const narrow = summaryOf([3.9, 3.95, 4, 4, 4.05, 4.1, 4.1]);
    expect(relativeWidth(wide)).toBeGreaterThan(5 * relativeWidth(narrow));
  });
});

it("a ratio is taken round by round: a slow round cancels out", () => {
  const { median: ratio, low, high } = ratioOf([20, 2, 18], [10, 1, 9, 100]);
  expect([ratio, low, high]).toEqual([2, 2, 2]);
});

it("nothing has no summary", () => {
  expect(() => summaryOf([])).toThrow(RangeError);
});
