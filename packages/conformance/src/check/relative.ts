/** `|actual - expected| / |expected|`; infinite for a number that is not there. */
export function relative(actual: number | undefined, expected: number): number {
  if (actual === undefined) return Number.POSITIVE_INFINITY;
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
}
