/** The value below which a fraction of ascending numbers lies, interpolated linearly; NaN of none. */
export function quantile(ascending: readonly number[], fraction: number): number {
  const at = fraction * (ascending.length - 1);
  const below = ascending[Math.floor(at)] ?? Number.NaN;
  const above = ascending[Math.ceil(at)] ?? Number.NaN;
  return below + (at - Math.floor(at)) * (above - below);
}

/** The numbers in ascending order. */
export function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

/** The middle of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}
