import { describe, expect, it } from "vitest";
import { madeUpResult } from "../testing/made-up-result.js";
import { csvOf } from "./csv.js";
import { memory, rate, scaled, share, time } from "./figures.js";
import { markdownOf } from "./markdown.js";

describe("figures have about three digits", () => {
  it.each([
    [scaled(12_345), "12.3 k"],
    [scaled(9.994e9), "9.99 G"],
    [scaled(999), "999"],
    [scaled(1e12), "1.00 T"],
    [rate(1234.5), "1235"],
    [rate(9.99), "9.99"],
    [rate(99.94), "99.9"],
    [memory(3 * 2 ** 29), "1.5 GiB"],
    [memory(2 ** 20), "1 MiB"],
    [time(8.123), "8.1 ms"],
    [time(1234), "1.23 s"],
    [time(12_345), "12 s"],
    [time(Number.NaN), "–"],
    [share(0.456), "46%"],
    [share(null), "–"],
  ])("%s", (actual, expected) => {
    expect(actual).toBe(expected);
  });
});

describe("CSV", () => {
  const lines = csvOf(madeUpResult()).trimEnd().split("\n");

  it("has a line for each contestant in each case, and as many cells in each", () => {
    expect(lines).toHaveLength(1 + 4 + 3 + 3);
    expect(lines[1]).toMatch(/^nin-mnist,8,f32,train,fast:cpu,measured,100,/);
  });

  it("quotes what has a comma, and leaves out the time of what is wrong", () => {
    expect(lines[4]).toMatch(
      /^nin-mnist,8,f32,train,liar,wrong,{17}"scores differ by 1\.0e\+0, allowed 0\.0001"$/,
    );
  });
});

describe("Markdown", () => {
  const text = markdownOf(madeUpResult());

  it("has ratios with their intervals, and no time for what is wrong", () => {
    expect(text).toContain("| `peer` | 50.0 | 49.0 – 51.0 | 0.50 (0.49 – 0.50) |");
    expect(text).toContain("| `liar` | **wrong** | scores differ by 1.0e+0, allowed 0.0001 |");
  });

  it("names the flags, the ceilings and what was not measured", () => {
    expect(text).toContain("`slow:cpu` (leaks: 90 MiB more after 40 steps)");
    expect(text).toContain("| `cpu` | 110 GFLOP/s | 10.0 GB/s | a product |");
    expect(text).toContain("- `fast:cuda`: there is no <card>");
  });
});
