import assert from "node:assert/strict";
import { test } from "node:test";
import { differencesOf, updatesOf } from "./difference.mjs";

const tensors = (...data) => new Map([["a", { shape: [data.length], data: Float32Array.from(data) }]]);

test("updates are measured from where a run began", () => {
  assert.deepEqual([...updatesOf(tensors(1, 2), tensors(1.5, 0)).get("a")], [0.5, -2]);
});

test("differences are relative", () => {
  const expected = { losses: [2, 4], logits: [3, 4], updates: updatesOf(tensors(0, 0), tensors(0, 2)) };
  const actual = { losses: [2, 3], logits: [3, 4.5], updates: updatesOf(tensors(0, 0), tensors(1, 2)) };
  assert.deepEqual(differencesOf(actual, expected), { losses: [0, 0.25], logits: 0.1, updates: { a: 0.5 } });
});

test("a parameter that rightly did not move is no difference, one that wrongly moved a great one", () => {
  const still = { losses: [1], logits: [1], updates: updatesOf(tensors(1), tensors(1)) };
  const moved = { losses: [1], logits: [1], updates: updatesOf(tensors(1), tensors(2)) };
  assert.equal(differencesOf(still, still).updates.a, 0);
  assert.ok(differencesOf(moved, still).updates.a > 1e100);
});

test("a NaN in the middle of a tensor is not lost", () => {
  const expected = { losses: [1], logits: [1, 2], updates: new Map() };
  assert.ok(Number.isNaN(differencesOf({ ...expected, logits: [Number.NaN, 2] }, expected).logits));
});
