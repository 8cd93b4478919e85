import { expect, it } from "vitest";
import { differencesOf } from "./difference.js";

const tensors = (...data: readonly number[]) =>
  new Map([["a", { shape: [data.length], data: Float32Array.from(data) }]]);

it("losses and logits differ relatively, updates relative to how far the oracle moved", () => {
  const expected = { losses: [2, 4], logits: [3, 4], parameters: tensors(1, 5) };
  const actual = { losses: [2, 3], logits: [3, 4.5], parameters: tensors(1.5, 5) };
  const differences = differencesOf(actual, expected, tensors(1, 4));
  expect(differences).toEqual({ losses: [0, 0.25], logits: 0.1, updates: { a: 0.5 } });
});

it("a parameter that rightly did not move is no difference, one that wrongly moved a great one", () => {
  const still = { losses: [1], logits: [1], parameters: tensors(1) };
  const moved = { ...still, parameters: tensors(2) };
  expect(differencesOf(still, still, tensors(1)).updates.a).toBe(0);
  expect(differencesOf(moved, still, tensors(1)).updates.a).toBeGreaterThan(1e100);
});

it("a NaN in the middle of a tensor is not lost", () => {
  const expected = { losses: [1], logits: [1, 2], parameters: new Map() };
  expect(
    Number.isNaN(differencesOf({ ...expected, logits: [Number.NaN, 2] }, expected, new Map()).logits),
  ).toBe(true);
});

it("a tensor of another size is an error", () => {
  const expected = { losses: [1], logits: [1, 2], parameters: new Map() };
  expect(() => differencesOf({ ...expected, logits: [1] }, expected, new Map())).toThrow(/expected 2 values/);
});
