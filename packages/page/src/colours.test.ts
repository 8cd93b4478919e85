import { describe, expect, it } from "vitest";
import { type ColourMap, colourAt, colourGradient, inferno, orangeBlue } from "./colours.js";

/** Relative luminance, of linear light. */
function luminance(map: ColourMap, share: number): number {
  const [red, green, blue] = colourAt(map, share).map((value) => (value / 255) ** 2.2) as [
    number,
    number,
    number,
  ];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("colourAt", () => {
  it("gives the steps and what is between them", () => {
    expect([0, 0.25, 0.5, 1].map((share) => colourAt(orangeBlue, share))).toEqual([
      [110, 42, 0],
      [214, 108, 22],
      [247, 247, 244],
      [8, 38, 110],
    ]);
    expect(
      colourAt(
        [
          [0, 10, 255],
          [1, 20, 0],
        ],
        0.5,
      ),
    ).toEqual([1, 15, 128]);
  });

  it.each([-0.01, 1.01, Number.NaN])("refuses a share of %f", (share) => {
    expect(() => colourAt(inferno, share)).toThrow(`share: expected a number from 0 to 1, got ${share}`);
  });

  it("grows lighter along inferno, and darker on both sides of the middle of orange and blue", () => {
    for (let step = 1; step <= 40; step += 1) {
      expect(luminance(inferno, step / 40)).toBeGreaterThan(luminance(inferno, (step - 1) / 40));
      for (const side of [-1, 1])
        expect(luminance(orangeBlue, 0.5 + (side * step) / 80)).toBeLessThan(
          luminance(orangeBlue, 0.5 + (side * (step - 1)) / 80),
        );
    }
  });
});

it("colourGradient is CSS", () => {
  expect(
    colourGradient([
      [0, 1, 2],
      [3, 4, 5],
    ]),
  ).toBe("linear-gradient(to right, rgb(0 1 2), rgb(3 4 5))");
});
