import { describe, expect, test } from "vitest";
import type { Matrix } from "../graph/matmul.js";
import { randomTensor } from "../testing/random-tensors.js";
import { multiplicationsPerTile, winogradGroups } from "./groups.js";
import { MOST_REAL_POINTS, winogradTransform } from "./transform.js";

const TILES = [2, 3, 4, 5, 6, 7, 8, 9, 13];
const KERNELS = [1, 2, 3, 5, 7];
const VALID = TILES.flatMap((tile) => KERNELS.map((kernel) => [tile, kernel] as const));

const times = (matrix: Matrix, vector: readonly number[]): number[] =>
  matrix.map((row) => row.reduce((sum, value, index) => sum + value * (vector[index] ?? Number.NaN), 0));

const REAL = VALID.filter(([tile, kernel]) => tile + kernel - 1 <= MOST_REAL_POINTS);
const BOTH = [
  ...VALID.map((sizes) => [...sizes, "roots"] as const),
  ...REAL.map((sizes) => [...sizes, "real"] as const),
];

describe("winogradTransform", () => {
  test.each(BOTH)("F(%i, %i) of %s points gives what the correlation gives", (tile, kernel, points) => {
    const { size, realPoints, complexPoints } = winogradTransform(tile, kernel, points);
    expect(realPoints.length + 2 * complexPoints.length).toBe(size);
    const d = [...randomTensor([size], 1).data];
    const g = [...randomTensor([kernel], 2).data];
    const output = new Array<number>(tile).fill(0);
    for (const { isReal, input, weight, output: back } of [...realPoints, ...complexPoints]) {
      const parts = (form: readonly { re: number; im: number }[], values: readonly number[]) =>
        times([form.map(({ re }) => re), form.map(({ im }) => im)], values);
      const [a = 0, b = 0] = parts(input, d);
      const [c = 0, e = 0] = parts(weight, g);
      const [re, im] = [a * c - b * e, a * e + b * c];
      back.forEach((value, index) => {
        output[index] = (output[index] ?? 0) + (isReal ? 1 : 2) * (value.re * re - value.im * im);
      });
    }
    output.forEach((value, start) => {
      const direct = g.reduce((sum, tap, k) => sum + tap * (d[start + k] ?? Number.NaN), 0);
      expect(value).toBeCloseTo(direct, 12);
    });
  });

  test("refuses a tile of one element", () => {
    expect(() => winogradTransform(1, 3)).toThrow(
      new RangeError("F(1,3): expected a tile of at least 2 elements"),
    );
  });

  test("real points are eight at most, and all real", () => {
    expect(winogradTransform(4, 5, "real").complexPoints).toEqual([]);
    expect(() => winogradTransform(5, 5, "real")).toThrow(
      new RangeError("F(5,5): expected at most 8 points"),
    );
  });

  test.each(VALID)("F(%i, %i) amplifies nothing", (tile, kernel) => {
    const { realPoints, complexPoints } = winogradTransform(tile, kernel);
    for (const { input, weight, output } of [...realPoints, ...complexPoints]) {
      for (const { re, im } of [...input, ...weight, ...output]) {
        expect(Math.hypot(re, im)).toBeLessThanOrEqual(1 + 1e-15);
      }
    }
  });
});

describe("winogradGroups", () => {
  test("the number of multiplications in two dimensions", () => {
    const products = (tile: number, kernel: number): number => {
      const transform = winogradTransform(tile, kernel);
      const listed = winogradGroups(transform, transform).reduce((sum, { weight }) => sum + weight.length, 0);
      expect(listed).toBe(multiplicationsPerTile(transform, transform));
      return listed;
    };
    expect([products(2, 3), products(4, 3), products(6, 3)]).toEqual([16, 46, 88]);
    expect([products(4, 5), products(7, 5)]).toEqual([88, 177]);
    const real = winogradTransform(4, 5, "real");
    expect(multiplicationsPerTile(real, real)).toBe(64);
  });
});
