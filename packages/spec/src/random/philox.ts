/**
 * Philox4x32-10, a counter-based generator: four 32-bit words from a 128-bit counter and a
 * 64-bit key, with no state, so that any backend can draw any word on its own.
 *
 * Source: Salmon, Moraes, Dror, Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011.
 */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Two 32-bit words. */
export type PhiloxKey = readonly [number, number];

/** What a random number is for: the counter's last word. */
export const PURPOSE = {
  weight: 1,
  bias: 2,
  shuffle: 3,
  dropout: 4,
  synthetic: 5,
  augmentation: 6,
  split: 7,
  study: 8,
} as const;

/**
 * The key of a seed: its low and high 32 bits.
 *
 * @throws `RangeError` outside 0..2^53-1.
 */
export function philoxKey(seed: number): PhiloxKey {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`seed: expected an integer from 0 to 2^53-1, got ${seed}`);
  }
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}

/** Writes the four words of a counter (c0, c1, c2, c3) to `words`, as unsigned integers. */
export function philox(
  key: PhiloxKey,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  words: Uint32Array,
): void {
  let x0 = c0 | 0;
  let x1 = c1 | 0;
  let x2 = c2 | 0;
  let x3 = c3 | 0;
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const high0 = highWord(x0, MULTIPLIER_0 & 0xffff, MULTIPLIER_0 >>> 16);
    const high1 = highWord(x2, MULTIPLIER_1 & 0xffff, MULTIPLIER_1 >>> 16);
    const low0 = Math.imul(x0, MULTIPLIER_0);
    const low1 = Math.imul(x2, MULTIPLIER_1);
    x0 = high1 ^ x1 ^ k0;
    x1 = low1;
    x2 = high0 ^ x3 ^ k1;
    x3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  words[0] = x0;
  words[1] = x1;
  words[2] = x2;
  words[3] = x3;
}

/**
 * The words of two counters, (c0, c1, c2, c3) and (c0 + 1, c1, c2, c3), to `words`, eight of them:
 * a round waits for the one before it, so that a processor draws two counters in little more time
 * than one. The rounds stand here again because their state must be local variables: kept in an array
 * that both functions share, it takes all of that back.
 */
export function philoxPair(
  key: PhiloxKey,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  words: Uint32Array,
): void {
  let x0 = c0 | 0;
  let x1 = c1 | 0;
  let x2 = c2 | 0;
  let x3 = c3 | 0;
  let y0 = (c0 + 1) | 0;
  let y1 = x1;
  let y2 = x2;
  let y3 = x3;
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const xHigh0 = highWord(x0, MULTIPLIER_0 & 0xffff, MULTIPLIER_0 >>> 16);
    const xHigh1 = highWord(x2, MULTIPLIER_1 & 0xffff, MULTIPLIER_1 >>> 16);
    const yHigh0 = highWord(y0, MULTIPLIER_0 & 0xffff, MULTIPLIER_0 >>> 16);
    const yHigh1 = highWord(y2, MULTIPLIER_1 & 0xffff, MULTIPLIER_1 >>> 16);
    const xLow0 = Math.imul(x0, MULTIPLIER_0);
    const xLow1 = Math.imul(x2, MULTIPLIER_1);
    const yLow0 = Math.imul(y0, MULTIPLIER_0);
    const yLow1 = Math.imul(y2, MULTIPLIER_1);
    x0 = xHigh1 ^ x1 ^ k0;
    x1 = xLow1;
    x2 = xHigh0 ^ x3 ^ k1;
    x3 = xLow0;
    y0 = yHigh1 ^ y1 ^ k0;
    y1 = yLow1;
    y2 = yHigh0 ^ y3 ^ k1;
    y3 = yLow0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  words[0] = x0;
  words[1] = x1;
  words[2] = x2;
  words[3] = x3;
  words[4] = y0;
  words[5] = y1;
  words[6] = y2;
  words[7] = y3;
}

/**
 * The high 32 bits of `a` times `b`, by the 16-bit halves of both: no partial sum passes 2^32, and
 * 32-bit integers are much faster here than float64 or BigInt.
 */
function highWord(a: number, bLow: number, bHigh: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const carry = (Math.imul(aLow, bHigh) + (middle & 0xffff)) >>> 16;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + carry) | 0;
}
