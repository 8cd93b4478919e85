import { at, PURPOSE, philox, philoxKey } from "@nin/spec";

/** What is reported of repeated measurements. */
export interface Summary extends Interval {
  readonly median: number;
  /** The 5th and 95th percentile of the samples themselves. */
  readonly p5: number;
  readonly p95: number;
  /** In the order in which they were taken. */
  readonly samples: readonly number[];
}

/** Bounds of a statistic: in a summary, the 95% bootstrap interval of the median. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1000;
const CONFIDENCE = 0.95;
const SEED = 0;

/**
 * Median, its interval, and spread.
 *
 * @throws `RangeError` without samples
 */
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
 * How many times `a` is of `b`, from samples of the same rounds: what slows a whole round down cancels. Rounds
 * that one of them does not have are excluded.
 */
export function ratioOf(a: readonly number[], b: readonly number[]): Summary {
  const rounds = Math.min(a.length, b.length);
  return summaryOf(a.slice(0, rounds).map((value, round) => value / at(b, round)));
}

/** Half the width of the interval, relative to the median. */
export function relativeWidth({ median, low, high }: Summary): number {
  return (high - low) / (2 * Math.abs(median));
}

/**
 * The percentile bootstrap interval of the median, at 95%: the 2.5th and 97.5th percentile of the medians of 1000
 * resamples with replacement. The same numbers give the same interval.
 *
 * Source: Efron, Bootstrap methods: another look at the jackknife (1979).
 */
export function medianInterval(values: readonly number[]): Interval {
  const next = randomPositions(SEED, values.length);
  const medians = Array.from({ length: RESAMPLES }, () => median(values.map(() => at(values, next()))));
  const sorted = ascending(medians);
  const tail = (1 - CONFIDENCE) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

/** Samples positions 0..count-1 uniformly; the same ones for the same seed. */
export function randomPositions(seed: number, count: number): () => number {
  const key = philoxKey(seed);
  const words = new Uint32Array(4);
  let sampled = 0;
  return () => {
    const index = sampled % 4;
    if (index === 0) philox(key, sampled / 4, 0, 0, PURPOSE.synthetic, words);
    sampled += 1;
    return Math.floor((at(words, index) / 2 ** 32) * count);
  };
}

/** The middle of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

/** The value below which a fraction of ascending numbers lies, interpolated linearly; NaN of none. */
export function quantile(ascending: readonly number[], fraction: number): number {
  if (ascending.length === 0) return Number.NaN;
  const position = fraction * (ascending.length - 1);
  const below = at(ascending, Math.floor(position));
  return below + (position - Math.floor(position)) * (at(ascending, Math.ceil(position)) - below);
}

function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}
