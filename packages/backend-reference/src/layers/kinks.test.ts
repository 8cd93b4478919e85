import { describe, expect, test } from "vitest";
import { tensor64 } from "../tensors/tensor64.js";
import * as dropout from "./dropout.js";
import * as maxPool2d from "./max-pool2d.js";
import * as relu from "./relu.js";

const RELU = { kind: "relu" } as const;

function row(...values: number[]) {
  return tensor64([1, 1, 1, values.length], Float64Array.from(values));
}

describe("relu", () => {
  test("its derivative is 0 at 0 and below, 1 above", () => {
    const input = row(-1, -0, 0, Number.MIN_VALUE, 1);
    const output = relu.forward(RELU, input);
    expect([...output.data]).toEqual([0, 0, 0, Number.MIN_VALUE, 1]);
    const { input: gradient } = relu.backward(RELU, row(7, 7, 7, 7, 7), { input, output });
    expect([...gradient.data]).toEqual([0, 0, 0, 7, 7]);
  });

  test("NaN stays NaN, so that it is seen in the loss", () => {
    expect(relu.forward(RELU, row(Number.NaN)).data[0]).toBeNaN();
  });
});

describe("maxPool2d", () => {
  const pool = {
    kind: "maxPool2d",
    kernelSize: [1, 3],
    stride: [1, 3],
    padding: [0, 1],
    ceilMode: false,
  } as const;

  test("of equal maxima the first takes the gradient", () => {
    const input = row(2, 2, 1, 3, 3);
    const output = maxPool2d.forward(pool, input);
    expect([...output.data]).toEqual([2, 3]);
    const { input: gradient } = maxPool2d.backward(pool, row(5, 7), { input, output });
    expect([...gradient.data]).toEqual([5, 0, 0, 7, 0]);
  });

  test("padding is minus infinity, not zero", () => {
    expect([...maxPool2d.forward(pool, row(-2, -3, -1, -1, -4)).data]).toEqual([-2, -1]);
  });

  test("a window of minus infinities, and one with NaN", () => {
    const low = Number.NEGATIVE_INFINITY;
    expect([...maxPool2d.forward(pool, row(low, low, 1, Number.NaN, 3)).data]).toEqual([low, Number.NaN]);
  });
});

describe("dropout", () => {
  const layer = { kind: "dropout", rate: 0.3 } as const;

  test("keeps what the mask says, scaled by fround(1/(1-rate))", () => {
    const kept = Uint8Array.from([1, 0, 1]);
    const scale = Math.fround(1 / 0.7);
    expect([...dropout.forward(layer, row(1, 2, 3), { kept }).data]).toEqual([scale, 0, 3 * scale]);
  });

  test("is the identity without a mask", () => {
    expect([...dropout.forward(layer, row(1, 2, 3), {}).data]).toEqual([1, 2, 3]);
  });
});
