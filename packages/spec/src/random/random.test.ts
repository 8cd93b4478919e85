import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bigintWord } from "../testing/bigint-philox.js";
import { shuffledIndices } from "./random.js";

const seeds = fc.oneof(fc.maxSafeNat(), fc.integer({ min: 0, max: 3 }));
const words = fc.integer({ min: 0, max: 2 ** 32 - 1 });

function bigintShuffle(count: number, seed: number, epoch: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let k = count - 1; k >= 1; k -= 1) {
    const word = BigInt(bigintWord(seed, k, { index: 0, time: epoch, purpose: 3 }));
    const j = Number((word * BigInt(k + 1)) >> 32n);
    [order[k], order[j]] = [order[j] ?? Number.NaN, order[k] ?? Number.NaN];
  }
  return order;
}

describe("shuffledIndices", () => {
  test("is the design's Fisher-Yates, and so a permutation", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), seeds, words, (count, seed, epoch) => {
        const order = [...shuffledIndices(count, seed, epoch)];
        expect(order).toEqual(bigintShuffle(count, seed, epoch));
        expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
      { numRuns: 60 },
    );
  });

  test("is the design's for more images than 2^16", () => {
    const order = shuffledIndices(70_001, 9, 2);
    expect([...order]).toEqual(bigintShuffle(70_001, 9, 2));
  });

  test("differs by epoch and by either word of the seed", () => {
    const first = shuffledIndices(50, 1, 0);
    expect(shuffledIndices(50, 1, 1)).not.toEqual(first);
    expect(shuffledIndices(50, 2, 0)).not.toEqual(first);
    expect(shuffledIndices(50, 1 + 2 ** 32, 0)).not.toEqual(first);
  });
});
