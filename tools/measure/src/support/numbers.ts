import { at } from "@nin/spec";

/** Mulberry32: the numbers in [0, 1) of a seed are the same every time. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The upper median of at least one number. */
export function median(samples: readonly number[]): number {
  return at(
    samples.toSorted((a, b) => a - b),
    samples.length >> 1,
  );
}

/** What several measurements of the same say. */
export interface Statistics {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly values: readonly number[];
}

/** Median, lowest and highest of at least one number. */
export function statisticsOf(samples: readonly number[]): Statistics {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (at(sorted, Math.floor(middle - 0.5)) + at(sorted, Math.floor(middle))) / 2;
  return { median, lowest: at(sorted, 0), highest: at(sorted, -1), values: samples };
}
