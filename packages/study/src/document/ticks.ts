/** An axis of a chart: where values stand, from 0 to 1, and where it has its ticks. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Steps between ticks, within a power of ten. */
const STEPS = [1, 2, 2.5, 5, 10];

/** A linear axis over some values, with a margin on both sides. */
export function linearScale(values: readonly number[], most = 6): Scale {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const span = greatest - least || Math.abs(greatest) || 1;
  const [low, high] = [least - 0.08 * span, greatest + 0.08 * span];
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return {
    place: (value) => (value - low) / (high - low),
    // Multiples rather than sums, whose roundings would add up.
    ticks: Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12))),
  };
}

/** A logarithmic axis over some positive values; its ticks are powers of ten, and 2 and 5 times those where these are few. */
export function logScale(values: readonly number[]): Scale {
  const logarithms = values.map(Math.log10);
  const [least, greatest] = [Math.min(...logarithms), Math.max(...logarithms)];
  const span = greatest - least || 1;
  const [low, high] = [least - 0.08 * span, greatest + 0.08 * span];
  const factors = high - low > 2.5 ? [1] : high - low > 0.9 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9];
  const powers = Array.from(
    { length: Math.ceil(high) - Math.floor(low) + 1 },
    (_, index) => Math.floor(low) + index,
  );
  const ticks = powers.flatMap((power) =>
    factors.map((factor) => Number((factor * 10 ** power).toPrecision(12))),
  );
  return {
    place: (value) => (Math.log10(value) - low) / (high - low),
    ticks: ticks.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high),
  };
}
