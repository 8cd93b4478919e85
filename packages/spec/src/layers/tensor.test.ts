import { expect, test } from "vitest";
import { elementCount, firstNotFinite } from "./tensor.js";

test("elements of a shape", () => {
  expect([elementCount([]), elementCount([3, 0, 2]), elementCount([2, 3, 4])]).toEqual([1, 0, 24]);
});

test.each([
  ["float32", Float32Array],
  ["float64", Float64Array],
] as const)("the first value of %s that is not finite", (_name, Values) => {
  expect(firstNotFinite(new Values(0))).toBe(-1);
  expect(firstNotFinite(Values.of(0, -0, 3.4e38, -3.4e38, 1e-45))).toBe(-1);
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(firstNotFinite(Values.of(wrong))).toBe(0);
    expect(firstNotFinite(Values.of(1, 2, wrong, Number.NaN))).toBe(2);
  }
});
