import { describe, expect, test } from "vitest";
import { randomTensor } from "../testing/random-tensors.js";
import { winogradTransform } from "./winograd-transform.js";

const VALID = [1, 2, 3, 4, 5, 6, 7].flatMap((tile) =>
  [1, 2, 3, 5, 7]
    .filter((kernel) => tile + kernel <= 8 + 1 && tile + kernel > 2)
    .map((kernel) => [tile, kernel]),
);

const product = (matrix: readonly (readonly number[])[], vector: readonly number[]): number[] =>
  matrix.map((row) => row.reduce((sum, value, index) => sum + value * (vector[index] ?? Number.NaN), 0));

describe("winogradTransform", () => {
  test.each(VALID)("F(%i, %i) gives what the correlation gives", (tile = 0, kernel = 0) => {
    const { size, input, weight, output } = winogradTransform(tile, kernel);
    expect([size, input.length, weight.length, output.length]).toEqual([tile + kernel - 1, size, size, tile]);
    const d = [...randomTensor([size], 1).data];
    const g = [...randomTensor([kernel], 2).data];
    const transformed = product(weight, g);
    const products = product(input, d).map((value, index) => value * (transformed[index] ?? Number.NaN));
    product(output, products).forEach((value, start) => {
      const direct = g.reduce((sum, tap, k) => sum + tap * (d[start + k] ?? Number.NaN), 0);
      expect(value).toBeCloseTo(direct, 12);
    });
  });

  test("refuses tiles that need more points than are accurate", () => {
    expect(() => winogradTransform(6, 4)).toThrow(new RangeError("F(6,4) needs 8 points"));
    expect(() => winogradTransform(5, 4)).not.toThrow();
  });
});
