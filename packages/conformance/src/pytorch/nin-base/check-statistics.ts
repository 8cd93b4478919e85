import type { Tensor } from "@nin/spec";
import { check, checkNumber } from "../../check/check.js";
import { checkShape } from "../../check/tensors.js";
import type { NamedStatistics } from "./fixture.js";

/** Fails unless a tensor has the fixture's statistics, each to `tolerance` of its own scale. */
export function checkStatistics(
  actual: Tensor | undefined,
  expected: NamedStatistics,
  what: string,
  tolerance: number,
): void {
  const named = `${what} (${expected.name})`;
  checkShape(actual, expected.shape, named);
  const data = Float64Array.from(actual.data);
  const total = (each: (value: number) => number): number => data.reduce((sum, x) => sum + each(x), 0);
  const largest = Math.max(Math.abs(expected.max), Math.abs(expected.min));
  const within = (name: string, value: number, wanted: number, scale: number): void => {
    const error = Math.abs(value - wanted);
    const relative = error === 0 ? 0 : error / scale;
    check(
      relative <= tolerance,
      `${named}: ${name} ${value} instead of ${wanted}; relative error ${relative.toExponential(2)}, allowed ${tolerance}`,
    );
  };
  within(
    "sum",
    total((x) => x),
    expected.sum,
    expected.l1,
  );
  within("l1", total(Math.abs), expected.l1, expected.l1);
  within("l2", Math.sqrt(total((x) => x * x)), expected.l2, expected.l2);
  within(
    "max",
    data.reduce((a, b) => Math.max(a, b)),
    expected.max,
    largest,
  );
  within(
    "min",
    data.reduce((a, b) => Math.min(a, b)),
    expected.min,
    largest,
  );
  expected.positions.forEach((position, k) => {
    within(`element ${position}`, data[position] ?? Number.NaN, expected.values[k] ?? Number.NaN, largest);
  });
}

/** Fails unless each tensor, in order, has the fixture's statistics. */
export function checkAllStatistics(
  actual: readonly (readonly [string, Tensor])[],
  expected: readonly NamedStatistics[],
  toleranceOf: (index: number) => number,
): void {
  checkNumber(actual.length, expected.length, "number of tensors", 0);
  expected.forEach((statistics, index) => {
    const [name, tensor] = actual[index] ?? ["nothing", undefined];
    checkStatistics(tensor, statistics, name, toleranceOf(index));
  });
}
