import { expect, test } from "vitest";
import { ParameterLayout } from "./parameter-layout.js";

test("packs OIHW weights as [elements, inputs, outputs], padded, and gives them back", () => {
  const layout = new ParameterLayout();
  layout.section("net.0", { shape: [3, 2, 1, 2], inStride: 8, outStride: 8 }, 16, true);
  layout.section("net.1", { shape: [2, 3], inStride: 8, outStride: 8 }, 8, false);
  const range = (from: number, length: number) => Float32Array.from({ length }, (_, index) => from + index);
  const parameters = new Map([
    ["net.0.weight", { shape: [3, 2, 1, 2], data: range(1, 12) }],
    ["net.0.bias", { shape: [3], data: range(101, 3) }],
    ["net.1.weight", { shape: [2, 3], data: range(201, 6) }],
  ]);
  const packed = layout.pack(parameters);
  // Output 2, input 1, element 1 is the host's last weight.
  expect(packed[(1 * 8 + 1) * 8 + 2]).toBe(12);
  expect(packed.reduce((sum, value) => sum + value, 0)).toBe(78 + 306 + 1221);
  expect(layout.unpack(packed)).toEqual(parameters);
  expect([...layout.shapes.keys()]).toEqual([...parameters.keys()]);
});
