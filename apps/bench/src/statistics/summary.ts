import { medianInterval } from "./bootstrap.js";
import { ascending, quantile } from "./quantile.js";

/** What is told of repeated measurements. */
export interface Summary {
  readonly median: number;
  /** The 95% bootstrap interval of the median. */
  readonly low: number;
  readonly high: number;
  /** The 5th and 95th percentile of the samples themselves. */
  readonly p5: number;
  readonly p95: number;
  /** In the order in which they were taken. */
  readonly samples: readonly number[];
}

/** Median, its interval, and spread. Throws: `RangeError` without samples. */
export function summaryOf(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError("summaryOf: expected at least one sample, got none");
  const sorted = ascending(samples);
  return {
    median: quantile(sorted, 0.5),
    ...medianInterval(samples),
    p5: quantile(sorted, 0.05),
    p95: quantile(sorted, 0.95),
    samples,
  };
}

/**
 * How many times `a` is of `b`, sample by sample of the same round: what slows a whole round down
 * leaves its ratio as it is. Rounds that one of them lacks are left out.
 */
export function ratioOf(a: readonly number[], b: readonly number[]): Summary {
  const rounds = Math.min(a.length, b.length);
  return summaryOf(a.slice(0, rounds).map((value, round) => value / (b[round] ?? Number.NaN)));
}

/** Half the width of the interval, relative to the median. */
export function relativeWidth({ median, low, high }: Summary): number {
  return (high - low) / (2 * Math.abs(median));
}
