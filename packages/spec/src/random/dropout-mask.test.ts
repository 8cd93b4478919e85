import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at } from "../reading/present.js";
import { bigintKey, bigintPhilox } from "../testing/bigint-philox.js";
import { type DropoutMaskKey, dropoutScale, dropoutThreshold, fillDropoutMask } from "./dropout-mask.js";

const seeds = fc.oneof(fc.maxSafeNat(), fc.integer({ min: 0, max: 3 }));
const octets = fc.nat(4).map((count) => 8 * count);
const words = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** One position of a mask, by the design's rule, from big integers. */
function keptByRule({ seed, layerIndex, step, rate }: DropoutMaskKey, e: number): number {
  const block = bigintPhilox(bigintKey(seed), [Math.floor(e / 8), layerIndex, step, 4]);
  const word = at(block, (e % 8) >> 1);
  const bits = e % 2 === 0 ? word % 65536 : Math.floor(word / 65536);
  return bits >= Math.floor(rate * 65536 + 0.5) ? 1 : 0;
}

const maskKeys = fc.record({
  seed: seeds,
  layerIndex: fc.nat(30),
  step: words,
  rate: fc.oneof(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.constantFrom(0, 0.5)),
});

describe("fillDropoutMask", () => {
  test("keeps what the design's rule keeps, from any position on", () => {
    const start = fc.oneof(fc.nat(20), fc.integer({ min: 2 ** 31 - 40, max: 2 ** 31 }), octets);
    fc.assert(
      fc.property(maskKeys, start, fc.oneof(fc.nat(40), octets), (mask, first, length) => {
        const kept = new Uint8Array(length).fill(7);
        fillDropoutMask(mask, first, kept);
        expect([...kept]).toEqual(Array.from(kept, (_, index) => keptByRule(mask, first + index)));
      }),
      { numRuns: 400 },
    );
  });

  test("a mask made in parts is the whole mask", () => {
    fc.assert(
      fc.property(maskKeys, fc.nat(60), fc.nat(60), (mask, head, tail) => {
        const whole = new Uint8Array(head + tail);
        fillDropoutMask(mask, 0, whole);
        const parts = new Uint8Array(head + tail);
        fillDropoutMask(mask, 0, parts.subarray(0, head));
        fillDropoutMask(mask, head, parts.subarray(head));
        expect(parts).toEqual(whole);
      }),
    );
  });

  test("drops nothing at rate 0, and the rate's share otherwise", () => {
    const kept = new Uint8Array(80_000);
    fillDropoutMask({ seed: 1, layerIndex: 2, step: 3, rate: 0 }, 0, kept);
    expect(kept.every((unit) => unit === 1)).toBe(true);
    fillDropoutMask({ seed: 1, layerIndex: 2, step: 3, rate: 0.25 }, 0, kept);
    const share = kept.reduce((sum, unit) => sum + unit, 0) / kept.length;
    expect(Math.abs(share - 0.75)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / kept.length));
  });

  test("differs by seed, layerIndex and step", () => {
    const mask = (change: Partial<DropoutMaskKey>): Uint8Array => {
      const kept = new Uint8Array(64);
      fillDropoutMask({ seed: 1, layerIndex: 2, step: 3, rate: 0.5, ...change }, 0, kept);
      return kept;
    };
    const first = mask({});
    for (const change of [{ seed: 2 }, { seed: 1 + 2 ** 32 }, { layerIndex: 3 }, { step: 4 }]) {
      expect(mask(change)).not.toEqual(first);
    }
  });
});

test.each([
  [0, 0, 1],
  [0.5, 32768, 2],
  [0.1, 6554, Math.fround(1 / 0.9)],
  [0.999999, 65536, Math.fround(1 / (1 - 0.999999))],
])("rate %d: threshold %d, scale %d", (rate, threshold, scale) => {
  expect(dropoutThreshold(rate)).toBe(threshold);
  expect(dropoutScale(rate)).toBe(scale);
});
