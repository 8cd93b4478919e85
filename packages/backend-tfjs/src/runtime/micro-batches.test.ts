import { expect, it } from "vitest";
import { imagesAPart, partsOf } from "./micro-batches.js";

it.each([
  [1, 8, [[0, 1]]],
  [8, 8, [[0, 8]]],
  [
    9,
    8,
    [
      [0, 4],
      [4, 9],
    ],
  ],
  [
    32,
    10,
    [
      [0, 8],
      [8, 16],
      [16, 24],
      [24, 32],
    ],
  ],
  [
    5,
    1,
    [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ],
  ],
] as const)("a batch of %i in parts of at most %i", (count, largest, expected) => {
  expect(partsOf(count, largest).map(({ start, end }) => [start, end])).toEqual(expected);
});

it("a part has as many images as fit, and one where none does", () => {
  expect(imagesAPart(100, 999)).toBe(9);
  expect(imagesAPart(100, 99)).toBe(1);
});
