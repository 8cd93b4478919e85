import { expect, it } from "vitest";
import { relativeL2, verdictOf } from "./verdict.js";

const within = { name: "a", difference: 1e-6, tolerance: 1e-5 };

it("all within passes, and names the furthest", () => {
  const verdict = verdictOf([within, { name: "b", difference: 0, tolerance: 1e-5 }]);
  expect(verdict.passed).toBe(true);
  expect(verdict.compared).toBe(2);
  expect(verdict.worst?.name).toBe("a");
});

it("one outside, a NaN and nothing at all fail", () => {
  for (const difference of [2e-5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const verdict = verdictOf([within, { name: "b", difference, tolerance: 1e-5 }]);
    expect(verdict.passed).toBe(false);
    expect(verdict.outside.map(({ name }) => name)).toEqual(["b"]);
  }
  expect(verdictOf([]).passed).toBe(false);
});

it("differences are relative to the expected values' norm; another length is as far off as can be", () => {
  expect(relativeL2([3, 4.5], [3, 4])).toBe(0.1);
  expect(relativeL2([0, 0], [0, 0])).toBe(0);
  expect(relativeL2([1], [0])).toBe(Number.POSITIVE_INFINITY);
  expect(relativeL2([1, 2], [1])).toBe(Number.NaN);
});
