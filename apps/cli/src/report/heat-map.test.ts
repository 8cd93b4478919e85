import { colourAt, inferno } from "@nin/page/colours";
import { at } from "@nin/spec";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { formatActivation, heatFigure, heatMap, heatScale, peakText, thumbnail } from "./heat-map.js";

const map = { values: Float32Array.of(0, 1, 2, 8), height: 2, width: 2 };

/** The pixels of a `data:` URI. */
async function decode(uri: string) {
  const file = Buffer.from(uri.slice("data:image/png;base64,".length), "base64");
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const pixel = (row: number, column: number) => {
    const start = (row * info.width + column) * info.channels;
    return [...data.subarray(start, start + info.channels)];
  };
  return { pixel, height: info.height, width: info.width };
}

/** How light a colour is. Source: WCAG 2, relative luminance. */
function luminance(rgb: readonly number[]): number {
  const [red, green, blue] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * Number(red) + 0.7152 * Number(green) + 0.0722 * Number(blue);
}

describe("the colours", () => {
  it("go from black to a light yellow, each lighter than the one before", () => {
    expect([colourAt(inferno, 0), colourAt(inferno, 1)]).toEqual([
      [0, 0, 4],
      [252, 255, 164],
    ]);
    const lightness = Array.from({ length: 64 }, (_, level) =>
      Math.cbrt(luminance(colourAt(inferno, level / 63))),
    );
    const steps = lightness.slice(1).map((value, index) => value - at(lightness, index));
    expect(Math.min(...steps)).toBeGreaterThan(0.002);
    expect(at(lightness, 63) - at(lightness, 0)).toBeGreaterThan(0.9);
  });
});

describe("heatMap", () => {
  it("lays values over a picture's area, dark to light, with a line around the upper half", async () => {
    const { pixel, height, width } = await decode(
      heatMap(map, { low: 0, high: 8 }, { height: 10, width: 20 }),
    );
    expect([height, width]).toEqual([56, 112]);
    expect(pixel(0, 0)).toEqual([0, 0, 4, 114]);
    expect(pixel(55, 111)).toEqual([252, 255, 164, 204]);
    const row = Array.from({ length: width }, (_, column) => pixel(55, column));
    const line = row.findIndex((colour) => colour.join() === "255,255,255,255");
    // From 2 to 8 in the middle of the row: 4 is a third of the way from one centre, 28, to the other, 84.
    expect(line).toBeGreaterThan(40);
    expect(line).toBeLessThan(52);
    expect(row.filter((colour) => colour.join() === "255,255,255,255")).toHaveLength(1);
    expect(at(at(row, line + 2), 0)).toBeGreaterThan(at(at(row, line - 2), 0));
  });

  it.each([
    [[8, 0], 1, 2],
    [[0, 8], 1, 2],
    [[8, 0], 2, 1],
    [[0, 8], 2, 1],
  ])("has the line on the upper half's side, %j as %i row(s)", async (values, rows, columns) => {
    const sides = { values: Float32Array.from(values), height: rows, width: columns };
    const picture = { height: 9, width: 9 };
    const { pixel, height } = await decode(heatMap(sides, { low: 0, high: 8 }, picture));
    const across = Array.from({ length: height }, (_, place) =>
      (rows === 1 ? pixel(5, place) : pixel(place, 5)).join(),
    );
    const line = across.flatMap((colour, place) => (colour === "255,255,255,255" ? [place] : []));
    expect(line).toEqual([at(values, 0) > 0 ? 55 : 56]);
  });

  it("is dark, without a line, where there is no evidence at all", async () => {
    const none = { values: new Float32Array(4), height: 2, width: 2 };
    const { pixel } = await decode(heatMap(none, heatScale([none]), { height: 3, width: 3 }));
    expect([pixel(0, 0), pixel(56, 56), pixel(111, 111)]).toEqual([0, 0, 0].map(() => [0, 0, 4, 114]));
  });

  it("has one scale for several maps, which begins at 0 or at what is less", () => {
    const negative = { values: Float32Array.of(-1, 3), height: 1, width: 2 };
    expect(heatScale([map])).toEqual({ low: 0, high: 8 });
    expect(heatScale([map, negative])).toEqual({ low: -1, high: 8 });
    expect(heatScale([])).toEqual({ low: 0, high: 0 });
  });
});

it("peakText names the largest value and its place", () => {
  expect(peakText(map)).toBe("largest 8.000 in row 2, column 2 of 2\u00d72");
  expect(peakText({ values: Float32Array.of(-2, -1, -3), height: 1, width: 3 })).toBe(
    "largest -1.000 in row 1, column 2 of 1\u00d73",
  );
});

it("formatActivation writes four digits, or as many as it is asked for", () => {
  expect([0, 12.3456, 3.64, -0.012345, 1234567, 4e-7, 54321].map((value) => formatActivation(value))).toEqual(
    [...["0", "12.35", "3.640", "-0.01235", "1.23e+6", "4.00e-7", "54321"]],
  );
  expect([0.5, 13.04, 250].map((value) => formatActivation(value, 2))).toEqual(["0.50", "13", "250"]);
});

it("thumbnail makes large pictures smaller, and keeps small ones", async () => {
  const large = await decode(
    thumbnail(new Uint8Array(224 * 100).fill(7), { channels: 1, height: 224, width: 100 }),
  );
  expect([large.height, large.width, large.pixel(3, 3)[0]]).toEqual([112, 50, 7]);
  const small = await decode(thumbnail(new Uint8Array(12).fill(9), { channels: 3, height: 2, width: 2 }));
  expect([small.height, small.width, small.pixel(1, 1).slice(0, 3)]).toEqual([2, 2, [9, 9, 9]]);
});

it("heatFigure says what it shows, escaped", () => {
  const { text } = heatFigure("data:y", "data:x", 'a "b"', { height: 2, width: 3 });
  expect(text).toBe(
    '<span class="heat"><img src="data:y" width="3" height="2" alt=""><img class="heat-map" src="data:x" width="3" height="2" alt="a &quot;b&quot;"></span>',
  );
});
