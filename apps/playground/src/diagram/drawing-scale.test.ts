import { describe, expect, it } from "vitest";
import { exactCount, shortBytes, shortCount } from "./figures.js";
import { volumeOf, volumeScale } from "./volume.js";

describe("volumes", () => {
  const scale = volumeScale([[1, 224, 112], [384, 5, 5], [10]], { side: 64, depth: 40 });

  it("fill the limits with the largest extents", () => {
    expect(volumeOf([384, 224, 112], scale)).toEqual({
      frontHeight: 64,
      frontWidth: 64 * Math.sqrt(0.5),
      depth: 40,
    });
  });

  it("grow by square roots, and are never too thin to be seen", () => {
    const small = volumeOf([96, 56, 56], scale);
    expect(small.frontHeight).toBe(32);
    expect(small.depth).toBe(20);
    expect(volumeOf([1], scale)).toEqual({
      frontHeight: 64 * Math.sqrt(1 / 224),
      frontWidth: 64 * Math.sqrt(1 / 224),
      depth: 3,
    });
  });
});

it.each([
  [0, "0"],
  [999, "999"],
  [1000, "1.00 k"],
  [999_499, "999 k"],
  [999_500, "1.00 M"],
  [50_699_712, "50.7 M"],
  [7_547_232_256, "7.55 G"],
])("shortCount(%i) is %s", (value, text) => {
  expect(shortCount(value).replace("\u00a0", " ")).toBe(text);
});

it("bytes and exact counts", () => {
  expect(shortBytes(40).replace("\u00a0", " ")).toBe("40 bytes");
  expect(shortBytes(1_919_896).replace("\u00a0", " ")).toBe("1.92 MB");
  expect(exactCount(349_674)).toBe("349,674");
});
