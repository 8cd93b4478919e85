import { expect, it } from "vitest";
import { boundMs, bytesOf, flopsOf } from "./work.js";

const dims = { rowsPerImage: 4, inStride: 16, columns4: 8 };
const tensor = (label: string, sizeBytes: number) => ({ label, sizeBytes });

it("counts a convolution's products, and nothing else's", () => {
  const operands = { input: tensor("input", 4), weight: tensor("weight", 4 * 9 * 16 * 32) };
  const convolution = { kernel: { name: "convolution-tiles-64" }, dims, operands };
  expect(flopsOf(convolution, 5)).toBe(2 * 5 * 4 * 16 * 32 * 9);
  expect(flopsOf({ kernel: { name: "bias-gradient" }, dims, operands }, 5)).toBe(0);
});

it("counts every operand once", () => {
  const shared = tensor("a", 100);
  const part = { buffer: "parameters", range: { offset: 256, sizeBytes: 64 } } as const;
  const labels = { buffer: "labels" } as const;
  const operands = { a: shared, b: part, c: { ...part }, d: tensor("b", 7), e: labels, f: shared };
  expect(bytesOf({ operands }, (name) => (name === "labels" ? 1000 : Number.NaN))).toBe(100 + 64 + 7 + 1000);
});

it("takes the longer of both times as the bound", () => {
  const ceilings = { flopsPerSecond: 1e12, bytesPerSecond: 1e9 };
  expect(boundMs({ flops: 2e12, bytes: 1e9 }, ceilings)).toBe(2000);
  expect(boundMs({ flops: 0, bytes: 3e9 }, ceilings)).toBe(3000);
});
