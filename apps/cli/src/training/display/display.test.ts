import { describe, expect, it } from "vitest";
import { TimeLeft } from "./display.js";

describe("TimeLeft", () => {
  it("is the images left over the rate", () => {
    expect(new TimeLeft(128).estimate(64, 10)).toBe(20_000);
    expect(new TimeLeft(128).estimate(64, 0)).toBe(0);
  });

  it("follows a new rate slowly: a fifth of the way each time", () => {
    const left = new TimeLeft(1);
    left.estimate(100, 1000);
    expect(left.estimate(200, 1200)).toBe(10_000);
    expect(left.estimate(200, 1360)).toBe(10_000 + 0);
    for (let read = 0; read < 50; read += 1) left.estimate(200, 1);
    expect(left.estimate(200, 2000)).toBeCloseTo(10_000, -1);
  });

  it("does not divide by a rate of 0", () => {
    expect(new TimeLeft(1).estimate(0, 5)).toBe(0);
  });
});
