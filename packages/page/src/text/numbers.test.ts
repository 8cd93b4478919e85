import { describe, expect, it } from "vitest";
import {
  counted,
  finite,
  formatCount,
  formatDuration,
  formatLoss,
  formatPercent,
  formatRate,
} from "./numbers.js";

const NOTHING = [null, undefined, Number.NaN, Number.POSITIVE_INFINITY];

describe("numbers of the page", () => {
  it("are a dash where there is none", () => {
    for (const value of NOTHING) {
      expect(finite(value)).toBeNull();
      for (const format of [formatCount, formatLoss, formatPercent, formatRate, formatDuration])
        expect(format(value)).toBe("\u2013");
    }
  });

  it("count", () => {
    expect(formatCount(1234567)).toBe("1,234,567");
    expect([0, 1, 2].map((value) => counted(value, "step"))).toEqual(["0 steps", "1 step", "2 steps"]);
    expect(counted(2, "class", "classes")).toBe("2 classes");
  });

  it("tell losses of every size", () => {
    expect([0, 0.31239, 2.3, 123.456, 4e-4, 1.234e9].map(formatLoss)).toEqual([
      "0.0000",
      "0.3124",
      "2.3000",
      "123.5",
      "4.00e-4",
      "1.23e+9",
    ]);
  });

  it("tell fractions, rates and times", () => {
    expect(formatPercent(0.90125)).toBe("90.13%");
    expect(formatPercent(1, 1)).toBe("100.0%");
    expect([4.25, 99.9, 1234.4].map(formatRate)).toEqual(["4.3", "99.9", "1,234"]);
    expect([0, 440, 9940, 9960, 59_600, 185_000, 3_599_600, 7_440_000].map(formatDuration)).toEqual([
      "0.0 s",
      "0.4 s",
      "9.9 s",
      "10 s",
      "1 min 0 s",
      "3 min 5 s",
      "1 h 0 min",
      "2 h 4 min",
    ]);
  });
});
