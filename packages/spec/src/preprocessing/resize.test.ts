import { describe, expect, test } from "vitest";
import { pillowRows } from "../testing/fixtures.js";
import { RESIZE_PRECISION_BITS, resizeAxis } from "./resize.js";

function resizeRow(row: readonly number[], outputSize: number): number[] {
  const { taps, starts, coefficients } = resizeAxis(row.length, outputSize);
  return Array.from(starts, (start, output) => {
    let sum = 2 ** (RESIZE_PRECISION_BITS - 1);
    for (let tap = 0; tap < taps; tap += 1) {
      sum += (coefficients[output * taps + tap] ?? Number.NaN) * (row[start + tap] ?? Number.NaN);
    }
    return Math.min(255, Math.max(0, Math.floor(sum / 2 ** RESIZE_PRECISION_BITS)));
  });
}

describe("resizeAxis", () => {
  const cases = pillowRows.rows.map(({ input, output }) => ({
    from: input.length,
    to: output.length,
    input,
    output,
  }));

  test.each(cases)("$from to $to: every byte is Pillow's", ({ to, input, output }) => {
    expect(resizeRow(input, to)).toEqual(output);
  });

  test("28 to 224 is the design's formula", () => {
    const row = pillowRows.rows.find(({ input, output }) => input.length === 28 && output.length === 224);
    const pixel = (i: number): number => row?.input[Math.min(27, Math.max(0, i))] ?? Number.NaN;
    const byFormula = Array.from({ length: 224 }, (_, output) => {
      const position = 2 * output - 7;
      const i = Math.floor(position / 16);
      const fraction = position - 16 * i;
      return ((16 - fraction) * pixel(i) + fraction * pixel(i + 1) + 8) >> 4;
    });
    expect(row?.output).toEqual(byFormula);
  });

  test("equal sizes copy", () => {
    const axis = resizeAxis(5, 5);
    expect(resizeRow([0, 255, 3, 128, 77], 5)).toEqual([0, 255, 3, 128, 77]);
    expect(axis).toMatchObject({ inputSize: 5, outputSize: 5 });
  });

  test("windows stay inside the input and their coefficients sum to one", () => {
    for (const [from, to] of [
      [1, 9],
      [9, 1],
      [28, 224],
      [28, 31],
      [31, 28],
      [100, 7],
    ] as const) {
      const { taps, starts, coefficients } = resizeAxis(from, to);
      expect(starts.length).toBe(to);
      starts.forEach((start, output) => {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(start + taps).toBeLessThanOrEqual(from);
        const window = coefficients.subarray(output * taps, (output + 1) * taps);
        const total = window.reduce((sum, coefficient) => sum + coefficient, 0);
        expect(Math.abs(total - 2 ** RESIZE_PRECISION_BITS)).toBeLessThanOrEqual(taps / 2);
      });
    }
  });
});
