import { expect, test } from "vitest";
import { tensor64 } from "../tensors/tensor64.js";
import { architectureOf } from "../testing/architectures.js";
import { marginOf } from "./margin.js";
import { forwardPass, realizeNetwork } from "./network.js";

function marginFor(layers: readonly object[], ...values: number[]) {
  const network = realizeNetwork(architectureOf([1, 1, values.length], layers));
  return marginOf(forwardPass(network, tensor64([1, 1, 1, values.length], Float64Array.from(values))));
}

const RELU = { kind: "relu" };
const POOL = { kind: "maxPool2d", kernelSize: [1, 2], stride: [1, 2] };

test("a ReLU's is the smallest |input| over the input's RMS", () => {
  expect(marginFor([RELU], 3, -1, 4, 0)).toEqual({
    smallest: 1 / Math.sqrt(6.5),
    layers: new Map([["net.0", 1 / Math.sqrt(6.5)]]),
  });
});

test("a max pool's is the smallest gap between a window's two largest", () => {
  expect(marginFor([POOL], 5, 1, -3, -1).smallest).toBe(2 / 3);
});

test("a tie of a pool has no margin, one of zeros that a ReLU left does not count", () => {
  expect(marginFor([POOL], 5, 5, 1, 0).smallest).toBe(0);
  const both = marginFor([RELU, POOL], -1, -2, 3, 1);
  expect(both.layers.get("net.1")).toBe(2 / Math.sqrt(2.5));
});

test("a window of a single element has no rival", () => {
  expect(marginFor([{ ...POOL, ceilMode: true }], 5, 1, 2).smallest).toBe(4 / Math.sqrt(10));
});

test("a network without kinks is infinitely far from one", () => {
  expect(marginFor([{ kind: "flatten" }], 1, 2)).toEqual({
    smallest: Number.POSITIVE_INFINITY,
    layers: new Map(),
  });
});
