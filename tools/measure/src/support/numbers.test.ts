import { expect, it } from "vitest";
import { median, randomFrom, statisticsOf } from "./numbers.js";

it("gives the median of an even and an odd number of values, and the spread", () => {
  expect(statisticsOf([3, 1, 2])).toEqual({ median: 2, lowest: 1, highest: 3, values: [3, 1, 2] });
  expect(statisticsOf([4, 1, 2, 3]).median).toBe(2.5);
  expect(statisticsOf([7]).median).toBe(7);
  expect(median([4, 1, 2, 3])).toBe(3);
});

it("repeats the numbers of a seed", () => {
  const [one, other] = [randomFrom(1), randomFrom(1)];
  const numbers = Array.from({ length: 5 }, one);
  expect(Array.from({ length: 5 }, other)).toEqual(numbers);
  expect(new Set(numbers).size).toBe(5);
  expect(randomFrom(2)()).not.toBe(numbers[0]);
});
