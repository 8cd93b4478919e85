import type { Tensor } from "@nin/spec";
import { expect } from "vitest";

/** Relative L2 distance of two tensors. */
export function distance(actual: Tensor | undefined, expected: Tensor | undefined): number {
  if (actual === undefined || expected === undefined) return Number.NaN;
  const sum = (term: (value: number, index: number) => number): number =>
    Array.from(expected.data, term).reduce((total, value) => total + value, 0);
  const difference = sum((value, index) => ((actual.data[index] ?? Number.NaN) - value) ** 2);
  return Math.sqrt(difference / sum((value) => value ** 2));
}

/** Fails unless two sets have the same names and shapes, and values within a relative L2 distance. */
export function expectClose(
  actual: ReadonlyMap<string, Tensor>,
  expected: ReadonlyMap<string, Tensor>,
  tolerance: number,
): void {
  const shapes = (tensors: ReadonlyMap<string, Tensor>): object =>
    Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]));
  expect(shapes(actual)).toEqual(shapes(expected));
  for (const [name, tensor] of expected) {
    expect(distance(actual.get(name), tensor), name).toBeLessThanOrEqual(tolerance);
  }
}
