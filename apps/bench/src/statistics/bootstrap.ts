import { ascending, median, quantile } from "./quantile.js";
import { randomPositions } from "./random-positions.js";

/** Bounds between which a statistic lies with the given confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1000;
const CONFIDENCE = 0.95;
const SEED = 0;

/**
 * The percentile bootstrap interval of the median, at 95%: the 2.5th and 97.5th percentile of the
 * medians of 1000 samples that are drawn from the given ones with replacement. The same numbers
 * give the same interval.
 *
 * Source: Efron, Bootstrap methods: another look at the jackknife (1979).
 */
export function medianInterval(values: readonly number[]): Interval {
  const next = randomPositions(SEED, values.length);
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(values.map(() => values[next()] ?? Number.NaN)),
  );
  const sorted = ascending(medians);
  const tail = (1 - CONFIDENCE) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}
