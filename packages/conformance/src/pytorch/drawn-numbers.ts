import { type PhiloxKey, PURPOSE, philox, philoxKey } from "@nin/spec";

/** Words 0 to `count`-1 of the counters (floor(e/4), index, time, purpose). */
export function philoxWords(
  seed: number,
  count: number,
  index: number,
  time = 0,
  purpose: number = PURPOSE.synthetic,
): Uint32Array {
  const key: PhiloxKey = philoxKey(seed);
  const four = new Uint32Array(4);
  const words = new Uint32Array(count);
  for (let e = 0; e < count; e += 1) {
    if (e % 4 === 0) philox(key, e / 4, index, time, purpose, four);
    words[e] = four[e % 4] ?? 0;
  }
  return words;
}

/** A word as `word / 2^32`, in [0, 1). */
export function uniform(word: number): number {
  return word / 2 ** 32;
}
