import { expect, it } from "vitest";
import { bytes, count, duration, percent, plural, shapeText } from "./format.js";

it("counts have separators", () => {
  expect([0, 999, 1_992_166].map(count)).toEqual(["0", "999", "1,992,166"]);
  expect([plural(1, "step"), plural(0, "step"), plural(1200, "step")]).toEqual([
    "1 step",
    "0 steps",
    "1,200 steps",
  ]);
});

it("bytes have three digits and powers of 1000", () => {
  const values = [0, 40, 999, 1000, 38_400, 999_499, 999_999, 7_968_664, 2.5e9, 5e15];
  expect(values.map(bytes)).toEqual([
    "0 B",
    "40 B",
    "999 B",
    "1.00 kB",
    "38.4 kB",
    "999 kB",
    "1.00 MB",
    "7.97 MB",
    "2.50 GB",
    "5000 TB",
  ]);
});

it("durations have two units at most", () => {
  const seconds = [-5, 0, 0.4, 59.4, 59.6, 60, 200, 3599.6, 3600, 3720, 90_000];
  expect(seconds.map((value) => duration(1000 * value))).toEqual([
    "0s",
    "0s",
    "0s",
    "59s",
    "1m 00s",
    "1m 00s",
    "3m 20s",
    "1h 00m",
    "1h 00m",
    "1h 02m",
    "25h 00m",
  ]);
});

it("percentages and shapes", () => {
  expect([0, 0.8931, 1].map(percent)).toEqual(["0.00%", "89.31%", "100.00%"]);
  expect(shapeText([1, 96, 54, 54])).toBe("1 x 96 x 54 x 54");
});
