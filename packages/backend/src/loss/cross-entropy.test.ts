import { describe, expect, test } from "vitest";
import { crossEntropy, firstLargest, writeCrossEntropyGradient } from "./cross-entropy.js";

function gradientOf(scores: readonly number[], label: number): readonly number[] {
  const gradient = new Float64Array(scores.length);
  writeCrossEntropyGradient(scores, label, gradient);
  return [...gradient];
}

/** A few roundings of float64. */
function expectClose(actual: number | undefined, expected: number): void {
  expect(actual).toBeDefined();
  const error = Math.abs((actual ?? Number.NaN) - expected);
  expect(error, `${actual} vs. ${expected}`).toBeLessThanOrEqual(4 * Number.EPSILON * Math.abs(expected));
}

const SIZES = [1e-30, 1, 88, 710, 1e4, 1e8, 1e16, 1e20, 1e30];

describe.each(SIZES.flatMap((size) => [size, -size]))("scores of %d", (score) => {
  test.each([2, 3, 10])("equal ones, %d of them, cost the logarithm of their number", (classes) => {
    const scores = Array.from({ length: classes }, () => score);
    for (const label of [0, classes - 1]) {
      const { loss, predictedClass, probability } = crossEntropy(scores, label);
      expectClose(loss, Math.log(classes));
      expect(predictedClass).toBe(0);
      expectClose(probability, 1 / classes);
      gradientOf(scores, label).forEach((g, c) => {
        expectClose(g, c === label ? 1 / classes - 1 : 1 / classes);
      });
    }
  });

  test("a difference of ln 3 is kept as far as the scores hold it", () => {
    const scores = [score, score + Math.log(3)];
    const difference = (scores[1] ?? 0) - (scores[0] ?? 0);
    const odds = Math.exp(difference);
    expectClose(crossEntropy(scores, 0).loss, difference + Math.log1p(1 / odds));
    expectClose(crossEntropy(scores, 1).loss, Math.log1p(1 / odds));
    expectClose(gradientOf(scores, 0)[0], -odds / (1 + odds));
    expectClose(gradientOf(scores, 0)[1], odds / (1 + odds));
  });
});

test.each([1e4, 1e8, 1e16, 1e30])("scores that are %d apart cost that, or nothing", (apart) => {
  for (const scores of [
    [apart, 0],
    [0, -apart],
    [apart / 2, -apart / 2],
  ]) {
    expect(crossEntropy(scores, 0)).toEqual({ loss: 0, predictedClass: 0, probability: 1 });
    expect(crossEntropy(scores, 1)).toEqual({ loss: apart, predictedClass: 0, probability: 1 });
    expect(gradientOf(scores, 0)).toEqual([-0, 0]);
    expect(gradientOf(scores, 1)).toEqual([1, -1]);
  }
});

test("a sure prediction keeps its small loss and gradient", () => {
  const others = Math.exp(-40) + Math.exp(-50);
  expectClose(crossEntropy([7, -33, -43], 0).loss, others);
  const [own, second, third] = gradientOf([7, -33, -43], 0);
  expectClose(own, -others);
  expectClose(second, Math.exp(-40));
  expectClose(third, Math.exp(-50));
});

test("minus infinity has probability 0", () => {
  const scores = [2, Number.NEGATIVE_INFINITY, 2];
  expectClose(crossEntropy(scores, 0).loss, Math.LN2);
  expect(gradientOf(scores, 0)).toEqual([-0.5, 0, 0.5]);
  expect(crossEntropy(scores, 1)).toEqual({
    loss: Number.POSITIVE_INFINITY,
    predictedClass: 0,
    probability: 0.5,
  });
  expect(gradientOf(scores, 1)).toEqual([0.5, -1, 0.5]);
});

test.each([
  ["NaN first", [Number.NaN, 1, 2], 0],
  ["NaN in between", [3, Number.NaN, 2], 1],
  ["NaN and infinity", [Number.POSITIVE_INFINITY, 0, Number.NaN], 2],
  ["NaN twice", [0, Number.NaN, Number.NaN], 1],
  ["infinity", [0, Number.POSITIVE_INFINITY, 5], 1],
  ["infinity twice", [0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 1],
  ["minus infinity alone", [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], 0],
])("%s: there is no softmax, and NaN says so for every label", (_what, scores, predictedClass) => {
  for (const label of [0, 1, 2]) {
    expect(crossEntropy(scores, label)).toEqual({
      loss: Number.NaN,
      predictedClass,
      probability: Number.NaN,
    });
    expect(gradientOf(scores, label)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  }
});

test("the first of equal scores is predicted", () => {
  expect([[1, 1, 0], [0, 2, 2], [-1, -2, -1], [-0, 0], []].map(firstLargest)).toEqual([0, 1, 0, 0, 0]);
});
