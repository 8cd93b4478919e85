import { expect, it } from "vitest";
import { agree } from "./agree.js";

const expected = [Float32Array.of(3, 4), Float32Array.of(0)];

it.each([
  ["the same", [Float32Array.of(3, 4), Float32Array.of(0)], true],
  ["a rounding off", [Float32Array.of(3.0002, 4), Float32Array.of(0)], true],
  ["more than that off", [Float32Array.of(3.001, 4), Float32Array.of(0)], false],
  ["wrong in the other tensor", [Float32Array.of(3, 4), Float32Array.of(1)], false],
  ["not a number", [Float32Array.of(Number.NaN, 4), Float32Array.of(0)], false],
  ["shorter", [Float32Array.of(3), Float32Array.of(0)], false],
  ["one tensor less", [Float32Array.of(3, 4)], false],
])("%s", (_, actual, same) => {
  expect(agree(actual, expected, "f32")).toBe(same);
});

it("rounding to f16 is no mistake in mixed precision", () => {
  expect(agree([Float32Array.of(3.01, 4), Float32Array.of(0)], expected, "mixed")).toBe(true);
  expect(agree([Float32Array.of(3.2, 4), Float32Array.of(0)], expected, "mixed")).toBe(false);
});
