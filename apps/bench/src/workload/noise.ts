import { at, PURPOSE, philox, philoxKey } from "@nin/spec";

/** Uniform noise in [0, 1), the same for the same seed. */
export function uniformNoise(seed: number, count: number): Float32Array {
  const key = philoxKey(seed);
  const words = new Uint32Array(4);
  return Float32Array.from({ length: count }, (_, e) => {
    if (e % 4 === 0) philox(key, e / 4, 0, 0, PURPOSE.synthetic, words);
    return at(words, e % 4) / 2 ** 32;
  });
}
