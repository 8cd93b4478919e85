/** How far values are from those that are expected; NaN where some are missing. Units: relative L2. */
export function distance(actual: ArrayLike<number> = [], expected: ArrayLike<number> = []): number {
  const squares = (of: (index: number) => number) =>
    Array.from(expected).reduce((sum: number, _, index) => sum + of(index) ** 2, 0);
  const at = (values: ArrayLike<number>, index: number) => values[index] ?? Number.NaN;
  const difference = squares((index) => at(actual, index) - at(expected, index));
  return Math.sqrt(difference / squares((index) => at(expected, index)));
}
