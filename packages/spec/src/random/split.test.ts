import { expect, test } from "vitest";
import { bigintWord } from "../testing/bigint-philox.js";
import { splitPositions } from "./random.js";

const SPLIT = 7;

/** The last positions of a Fisher-Yates shuffle, from big integers. */
function takenByRule(count: number, size: number, seed: number, index: number): number[] {
  const order = Array.from({ length: count }, (_, position) => position);
  for (let k = count - 1; k >= 1; k -= 1) {
    const word = BigInt(bigintWord(seed, k, { index, time: 0, purpose: SPLIT }));
    const j = Number((word * BigInt(k + 1)) >> 32n);
    [order[k], order[j]] = [order[j] as number, order[k] as number];
  }
  return order.slice(count - size).sort((a, b) => a - b);
}

test.each([
  ["validation", 0, 0.25, 25],
  ["test", 1, 0.205, 21],
  ["validation", 0, 0.005, 1],
] as const)(
  "a %s split takes the last of a shuffle, and leaves the others, in order",
  (which, index, fraction, size) => {
    for (const seed of [0, 2 ** 40 + 1]) {
      const { kept, taken } = splitPositions(100, fraction, seed, which);
      expect([...taken]).toEqual(takenByRule(100, size, seed, index));
      expect([...kept, ...taken].sort((a, b) => a - b)).toEqual(
        Array.from({ length: 100 }, (_, each) => each),
      );
      expect([...kept]).toEqual([...kept].sort((a, b) => a - b));
    }
  },
);

test("refuses to take none or all", () => {
  const refused = "a fraction that takes at least 1 of 3 images and leaves at least 1, got";
  expect(() => splitPositions(3, 0.1, 0, "validation")).toThrow(
    `validation fraction: expected ${refused} 0.1`,
  );
  expect(() => splitPositions(3, Number.NaN, 0, "validation")).toThrow(`expected ${refused} NaN`);
  expect(() => splitPositions(3, 0.9, 0, "test")).toThrow(`test fraction: expected ${refused} 0.9`);
});
