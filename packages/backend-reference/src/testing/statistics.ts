import { expect } from "vitest";
import type { Tensor64 } from "../tensor64.js";

/** What the fixture keeps of a tensor. */
export interface Statistics {
  readonly shape: readonly number[];
  readonly sum: number;
  readonly l1: number;
  readonly l2: number;
  readonly max: number;
  readonly min: number;
  readonly nonzero: number;
  readonly idx: readonly number[];
  readonly val: readonly number[];
}

/** Float64 beside float64: only the order of sums differs. */
const RELATIVE = 1e-9;

/** Fails unless two numbers agree to 1e-9 of `scale`. */
export function expectClose(actual: number, expected: number, scale = Math.abs(expected), what = ""): void {
  const difference = Math.abs(actual - expected);
  expect(difference, `${what}: ${actual} is not ${expected}`).toBeLessThanOrEqual(RELATIVE * scale);
}

/** Fails unless a tensor has the statistics of the fixture's. */
export function expectStatistics({ shape, data }: Tensor64, expected: Statistics, what: string): void {
  const largest = Math.max(Math.abs(expected.max), Math.abs(expected.min));
  const total = (each: (value: number) => number): number => data.reduce((sum, x) => sum + each(x), 0);
  expect(shape, what).toEqual(expected.shape);
  expectClose(
    total((x) => x),
    expected.sum,
    expected.l1,
    `${what} sum`,
  );
  expectClose(total(Math.abs), expected.l1, expected.l1, `${what} l1`);
  expectClose(Math.sqrt(total((x) => x * x)), expected.l2, expected.l2, `${what} l2`);
  const maximum = data.reduce((a, b) => Math.max(a, b));
  const minimum = data.reduce((a, b) => Math.min(a, b));
  expectClose(maximum, expected.max, largest, `${what} max`);
  expectClose(minimum, expected.min, largest, `${what} min`);
  expect(data.filter((x) => x !== 0).length, `${what} nonzero`).toBe(expected.nonzero);
  expected.idx.forEach((index, k) => {
    expectClose(data[index] ?? Number.NaN, expected.val[k] ?? 0, largest, `${what}[${index}]`);
  });
}
