import assert from "node:assert/strict";
import { test } from "node:test";
import { boundOf, bytesOf, flopsOf } from "./work.mjs";

const dims = [4, 2, 2, 2, 16, 8, 3, 3];

test("counts a convolution's products, and nothing else's", () => {
  const operands = [{}, { label: "weight", sizeBytes: 4 * 9 * 16 * 32 }];
  const convolution = { kernel: { name: "convolution-tiles-64" }, dims, operands };
  assert.equal(flopsOf(convolution, 5), 2 * 5 * 4 * 16 * 32 * 9);
  assert.equal(flopsOf({ kernel: { name: "bias-gradient" }, dims, operands }, 5), 0);
});

test("counts every operand once", () => {
  const slot = { label: "a", sizeBytes: 100 };
  const part = { region: "parameters", range: { offset: 256, sizeBytes: 64 } };
  const operands = [slot, part, { ...part }, { label: "b", sizeBytes: 7 }, { region: "labels" }, slot];
  const sizes = { labels: 1000 };
  assert.equal(
    bytesOf({ operands }, (region) => sizes[region]),
    100 + 64 + 7 + 1000,
  );
});

test("the bound is the longer of both times", () => {
  const ceilings = { flopsPerSecond: 1e12, bytesPerSecond: 1e9 };
  assert.equal(boundOf({ flops: 2e12, bytes: 1e9 }, ceilings), 2000);
  assert.equal(boundOf({ flops: 0, bytes: 3e9 }, ceilings), 3000);
  assert.equal(boundOf({ flops: 1, bytes: 1 }, undefined), undefined);
});
