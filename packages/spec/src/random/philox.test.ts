import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bigintPhilox } from "../testing/bigint-philox.js";
import { type PhiloxKey, philox, philoxKey, philoxPair } from "./philox.js";

type Counter = readonly [number, number, number, number];

const ONES = 0xffffffff;

/** Known answers published with Random123 (kat_vectors, philox4x32 10). */
const KNOWN_ANSWERS: readonly { name: string; counter: Counter; key: PhiloxKey; words: Counter }[] = [
  {
    name: "zeros",
    counter: [0, 0, 0, 0],
    key: [0, 0],
    words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    name: "ones",
    counter: [ONES, ONES, ONES, ONES],
    key: [ONES, ONES],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    name: "digits of pi",
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

function philoxWords(key: PhiloxKey, [c0, c1, c2, c3]: Counter): number[] {
  const words = new Uint32Array(4);
  philox(key, c0, c1, c2, c3, words);
  return [...words];
}

describe("philox", () => {
  test.each(KNOWN_ANSWERS)("gives Random123's known answer for $name", ({ counter, key, words }) => {
    expect(philoxWords(key, counter)).toEqual(words);
    expect(bigintPhilox(key, counter)).toEqual(words);
  });

  test("equals big integers for any key and counter", () => {
    const edge = fc.constantFrom(0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, ONES);
    const word = fc.oneof(fc.integer({ min: 0, max: ONES }), edge);
    fc.assert(
      fc.property(fc.tuple(word, word), fc.tuple(word, word, word, word), (key, counter) => {
        expect(philoxWords(key, counter)).toEqual(bigintPhilox(key, counter));
      }),
      { numRuns: 5000 },
    );
  });
});

test("philoxPair is a counter and the next one", () => {
  const word = fc.oneof(fc.integer({ min: 0, max: ONES }), fc.constantFrom(0, 0x7fffffff, 0x80000000, ONES));
  fc.assert(
    fc.property(fc.tuple(word, word), fc.tuple(word, word, word, word), (key, [c0, c1, c2, c3]) => {
      const words = new Uint32Array(8);
      philoxPair(key, c0, c1, c2, c3, words);
      const next = (c0 + 1) % 2 ** 32;
      expect([...words]).toEqual([
        ...philoxWords(key, [c0, c1, c2, c3]),
        ...philoxWords(key, [next, c1, c2, c3]),
      ]);
    }),
    { numRuns: 2000 },
  );
});

describe("philoxKey", () => {
  test.each([
    [0, [0, 0]],
    [ONES, [ONES, 0]],
    [2 ** 32, [0, 1]],
    [2 ** 32 + 7, [7, 1]],
    [2 ** 53 - 1, [ONES, 2 ** 21 - 1]],
  ])("splits seed %d into its low and high words", (seed, key) => {
    expect(philoxKey(seed)).toEqual(key);
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])("refuses seed %d", (seed) => {
    expect(() => philoxKey(seed)).toThrow(
      new RangeError(`seed: expected an integer from 0 to 2^53-1, got ${seed}`),
    );
  });
});
