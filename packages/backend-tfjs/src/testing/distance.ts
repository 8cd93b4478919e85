import { present } from "@nin/spec";

/** How far values are from those that are expected. Units: relative L2. */
export function distance(actual: ArrayLike<number> | undefined, expected: ArrayLike<number>): number {
  const given = present(actual, "a result");
  const squares = (of: (index: number) => number) =>
    Array.from(expected).reduce((sum: number, _, index) => sum + of(index) ** 2, 0);
  const difference = squares((index) => present(given[index]) - present(expected[index]));
  return Math.sqrt(difference / squares((index) => present(expected[index])));
}
