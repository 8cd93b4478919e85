import { PURPOSE, philox, philoxKey } from "@nin/spec";

/** Draws positions 0..count-1, uniformly; the same ones for the same seed. */
export function randomPositions(seed: number, count: number): () => number {
  const key = philoxKey(seed);
  const words = new Uint32Array(4);
  let drawn = 0;
  return () => {
    const at = drawn % 4;
    if (at === 0) philox(key, drawn / 4, 0, 0, PURPOSE.synthetic, words);
    drawn += 1;
    return Math.floor(((words[at] ?? 0) / 2 ** 32) * count);
  };
}
