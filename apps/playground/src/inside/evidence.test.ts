import { at } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { shownClasses } from "./class-maps-view.js";
import { logitBar, percent } from "./class-scores.js";
import { largestMistake } from "./confusion-matrix.js";
import { filterMaps } from "./first-filters.js";
import { drawHeat, drawnSize, drawPicture } from "./heat-overlay.js";

const grey = (value: number): number => ((255 << 24) | (value << 16) | (value << 8) | value) >>> 0;

describe("drawPicture", () => {
  it("draws one channel in grey, each pixel enlarged", () => {
    const to = new Uint32Array(8);
    const picture = { pixels: Uint8Array.of(7, 200), channels: 1, height: 1, width: 2 };
    drawPicture(picture, { height: 2, width: 4 }, to);
    expect([...to]).toEqual([7, 7, 200, 200, 7, 7, 200, 200].map(grey));
  });

  it("draws three channels as colours", () => {
    const to = new Uint32Array(1);
    drawPicture(
      { pixels: Uint8Array.of(1, 2, 3), channels: 3, height: 1, width: 1 },
      { height: 1, width: 1 },
      to,
    );
    expect([...new Uint8Array(to.buffer)]).toEqual([1, 2, 3, 255]);
  });

  it("is drawn at one size, with its aspect", () => {
    expect(drawnSize({ height: 28, width: 28 })).toEqual({ height: 168, width: 168 });
    expect(drawnSize({ height: 10, width: 40 })).toEqual({ height: 42, width: 168 });
  });
});

it("drawHeat colours by value and draws a line around the upper half", () => {
  const size = { height: 4, width: 8 };
  const to = new Uint32Array(32).fill(grey(100));
  drawHeat({ values: Float32Array.of(0, 0, 10, 10), height: 1, width: 4 }, { low: 0, high: 10 }, size, to);
  const row = [...to.subarray(0, 8)];
  expect([...to.subarray(24)]).toEqual(row);
  expect(row.filter((pixel) => pixel === 0xffffffff)).toHaveLength(1);
  expect(row.indexOf(0xffffffff)).toBe(4);
  const brightness = (pixel: number): number => (pixel & 255) + ((pixel >> 8) & 255);
  // Little evidence darkens the picture and lets it be seen; much is bright.
  expect(brightness(at(row, 0))).toBeLessThan(200);
  expect(brightness(at(row, 0))).toBeGreaterThan(50);
  expect(brightness(at(row, 7))).toBeGreaterThan(350);
});

describe("shownClasses", () => {
  const maps = {
    maps: { shape: [1, 5, 1, 2], data: Float32Array.of(0, 2, 4, 8, 1, 1, 0, 0, 9, 1) },
    scores: { shape: [1, 5], data: Float32Array.of(1, 6, 1, 0, 5) },
    bias: new Float64Array(5),
  };
  const names = ["a", "b", "c", "d", "e"];

  it("are the most probable ones, with one range", () => {
    const { classes, range } = shownClasses(maps, names, undefined);
    expect(classes.map(({ name, score }) => [name, score])).toEqual([
      ["b", 6],
      ["e", 5],
      ["a", 1],
    ]);
    expect([...at(classes, 1).map.values]).toEqual([9, 1]);
    expect(range).toEqual({ low: 0, high: 9 });
  });

  it("have the true one as well", () => {
    const { classes } = shownClasses(maps, names, 3);
    expect(classes.map(({ name }) => name)).toEqual(["b", "e", "a", "d"]);
  });
});

describe("bars and mistakes", () => {
  it("logit bars begin at 0 in the room of all scores", () => {
    expect(logitBar([2, 0, -2], 0)).toEqual({ from: 0.5, share: 0.5 });
    expect(logitBar([2, 0, -2], 2)).toEqual({ from: 0, share: 0.5 });
    expect(logitBar([5, 10], 0)).toEqual({ from: 0, share: 0.5 });
    expect(logitBar([0, 0], 1)).toEqual({ from: 0, share: 0 });
  });

  it("a probability that is no number is a dash", () => {
    expect([percent(0.9731), percent(Number.NaN)]).toEqual(["97.3%", "\u2013"]);
  });

  it("the largest mistake is off the diagonal, the first of equals", () => {
    expect(
      largestMistake([
        [9, 2, 1],
        [0, 9, 2],
        [0, 0, 9],
      ]),
    ).toEqual({ label: 0, prediction: 1, count: 2 });
    expect(
      largestMistake([
        [9, 0],
        [0, 3],
      ]),
    ).toBeUndefined();
  });

  it("filters are those for one channel of the image", () => {
    const weight = { shape: [2, 3, 1, 2], data: Float32Array.from({ length: 12 }, (_, index) => index) };
    expect([...filterMaps({ layer: "net.0", weight }, 1).values]).toEqual([2, 3, 8, 9]);
  });
});
