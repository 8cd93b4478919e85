import { at } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { colourTables, pixelOf } from "./colour-maps.js";
import {
  channelAt,
  channelRanges,
  channelText,
  colourMapOf,
  colourRange,
  commonRange,
  drawMaps,
  formatValue,
  mapGrid,
  mapsOf,
  oneMap,
} from "./map-grid.js";

const output = { shape: [2, 3, 1, 2], data: Float32Array.of(9, 9, 9, 9, 9, 9, 0, 1, 2, 4, 0, 0) };
const maps = mapsOf(output, 1);

describe("mapsOf", () => {
  it("takes one image", () => {
    expect(maps).toEqual({ values: Float32Array.of(0, 1, 2, 4, 0, 0), channels: 3, height: 1, width: 2 });
  });

  it("takes features for channels of one place", () => {
    const features = { shape: [1, 3], data: Float64Array.of(1, -2, 3) };
    expect(mapsOf(features)).toEqual({ values: features.data, channels: 3, height: 1, width: 1 });
  });

  it("gives one channel without a copy", () => {
    const { values, channels } = oneMap(maps, 1);
    expect([channels, ...values]).toEqual([1, 2, 4]);
    expect(values.buffer).toBe(output.data.buffer);
  });
});

describe("mapGrid", () => {
  it.each([
    [1, 28, 28],
    [3, 1, 2],
    [10, 7, 7],
    [96, 28, 28],
    [192, 28, 28],
    [1000, 1, 1],
    [4096, 1, 1],
    [7, 5, 50],
  ])("has room for %i maps of %ix%i, and no row too many", (channels, height, width) => {
    const grid = mapGrid({ channels, height, width });
    expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(channels);
    expect(grid.columns * (grid.rows - 1)).toBeLessThan(channels);
    expect(grid.width).toBe(grid.columns * grid.cellWidth - 2);
    expect(grid.zoom * Math.max(height, width)).toBeGreaterThanOrEqual(16);
    const found = Array.from({ length: channels }, (_, channel) => {
      const [column, row] = [channel % grid.columns, Math.floor(channel / grid.columns)];
      const x = (column * grid.cellWidth + 1) / grid.width;
      return channelAt(x, (row * grid.cellHeight + 1) / grid.height, grid, channels);
    });
    expect(found).toEqual(Array.from(found.keys()));
    if (grid.columns * grid.rows > channels)
      expect(channelAt(0.9999, 0.9999, grid, channels)).toBeUndefined();
    expect(channelAt(-0.1, 0, grid, channels)).toBeUndefined();
  });
});

describe("drawMaps", () => {
  const grid = { columns: 2, rows: 2, zoom: 2, cellWidth: 6, cellHeight: 4, width: 10, height: 6 };

  it("fills each map's place, and nothing between them", () => {
    const pixels = new Uint32Array(60);
    drawMaps(maps, grid, pixels, () => ({ low: 0, high: 4 }), "sequential");
    const colour = (value: number) => at(colourTables.sequential, Math.floor((value / 4) * 255 + 0.5));
    const [none, one, two, four] = [colour(0), colour(1), colour(2), colour(4)];
    const first = [none, none, one, one, 0, 0, two, two, four, four];
    const second = [none, none, none, none, 0, 0, 0, 0, 0, 0];
    const gap = new Array<number>(10).fill(0);
    expect([...pixels]).toEqual([first, first, gap, gap, second, second].flat());
  });

  it("draws what is out of range or no number in the colours of the ends", () => {
    const pixels = new Uint32Array(60);
    const odd = { ...maps, values: Float32Array.of(-5, 50, Number.NaN, Number.POSITIVE_INFINITY, 0, 0) };
    drawMaps(odd, { ...grid, zoom: 1 }, pixels, () => ({ low: 0, high: 4 }), "sequential");
    const { sequential } = colourTables;
    expect([pixels[0], pixels[1], pixels[6], pixels[7]]).toEqual(
      [0, 255, 0, 255].map((level) => at(sequential, level)),
    );
  });

  it("draws channels that are 0 everywhere in the colour of 0", () => {
    for (const name of ["sequential", "diverging"] as const) {
      const pixels = new Uint32Array(60);
      drawMaps(maps, grid, pixels, () => ({ low: 0, high: 0 }), name);
      expect(pixels[0]).toBe(at(colourTables[name], name === "sequential" ? 0 : 128));
    }
  });

  it("puts zero in the middle of diverging colours", () => {
    const signed = { values: Float32Array.of(-1, 0, 2, 1), channels: 1, height: 1, width: 4 };
    const common = commonRange(channelRanges(signed));
    expect(common).toEqual({ low: -1, high: 2 });
    expect(colourMapOf(common)).toBe("diverging");
    expect(colourRange(common, "diverging")).toEqual({ low: -2, high: 2 });
    expect(colourMapOf({ low: 0, high: 2 })).toBe("sequential");
    expect(colourRange({ low: 1, high: 2 }, "sequential")).toEqual({ low: 0, high: 2 });
  });
});

it("192 maps of 28x28 are drawn in less than 8 ms", () => {
  const data = Float32Array.from({ length: 192 * 784 }, (_, index) => (index * 7919) % 1000);
  const many = mapsOf({ shape: [1, 192, 28, 28], data });
  const grid = mapGrid(many);
  const pixels = new Uint32Array(grid.width * grid.height);
  // The shortest of many: what the machine does besides is not meant.
  const times = Array.from({ length: 40 }, () => {
    const started = performance.now();
    const range = colourRange(commonRange(channelRanges(many)), "sequential");
    drawMaps(many, grid, pixels, () => range, "sequential");
    return performance.now() - started;
  });
  expect(Math.min(...times)).toBeLessThan(8);
});

it("pixels are opaque, of red, green and blue bytes", () => {
  expect([...new Uint8Array(Uint32Array.of(pixelOf(1, 2, 3)).buffer)]).toEqual([1, 2, 3, 255]);
});

describe("texts", () => {
  it.each([
    [[0, 0, 0, 0], "0 everywhere"],
    [[0, 4.25, 0, 1], "largest 4.250 in row 1, column 2 of 2×2, 50% zeros"],
    [[-3, 1, 0, 0], "largest 1.000 in row 1, column 2 of 2×2, least \u22123.000"],
  ])("of %j", (values, text) => {
    expect(channelText({ values: Float32Array.from(values), channels: 1, height: 2, width: 2 })).toBe(text);
  });

  it("of one place is its value", () => {
    expect(channelText({ values: Float32Array.of(2.5), channels: 1, height: 1, width: 1 })).toBe("2.500");
  });

  it.each([
    [0, "0"],
    [12.3456, "12.35"],
    [-0.001234, "\u22120.001234"],
    [0.000_012_34, "1.23e-5"],
    [123_456, "123456"],
    [Number.NaN, "NaN"],
  ])("formatValue(%f)", (value, text) => {
    expect(formatValue(value)).toBe(text);
  });
});
