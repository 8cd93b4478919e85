import type { Optimizer } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { tensor64 } from "../tensors/tensor64.js";
import { expectTensor } from "../testing/expect-tensor.js";
import { pytorchFixture } from "../testing/pytorch-fixture.js";
import { initialState, stepOptimizer } from "./optimizer.js";

const vector = (values: readonly number[]) => tensor64([values.length], Float64Array.from(values));
const SGD = { kind: "sgd", learningRate: 1, momentum: 0, weightDecay: 0 } as const;
const ADAMW = {
  kind: "adamw",
  learningRate: 1,
  beta1: 0.5,
  beta2: 0.75,
  epsilon: 1,
  weightDecay: 0.5,
} as const;

/** Steps a single weight of 1 with these gradients at rate 0.5. */
function trace(optimizer: Optimizer, gradients: readonly number[]): readonly number[] {
  const w = vector([1]);
  const parameters = new Map([["w", w]]);
  const state = initialState(optimizer, parameters);
  return gradients.map((g, step) => {
    stepOptimizer(optimizer, parameters, new Map([["w", vector([g])]]), state, { learningRate: 0.5, step });
    return w.data[0] ?? Number.NaN;
  });
}

describe("by hand", () => {
  test("plain SGD", () => expect(trace(SGD, [1, -4])).toEqual([0.5, 2.5]));

  test("momentum: v = 1, then 0.5 + 2", () => {
    expect(trace({ ...SGD, momentum: 0.5 }, [1, 2])).toEqual([0.5, -0.75]);
  });

  test("weight decay: g = 1 + 0.5*1, then 0 + 0.5*0.25", () => {
    expect(trace({ ...SGD, weightDecay: 0.5 }, [1, 0])).toEqual([0.25, 0.1875]);
  });

  test("AdamW: decay first, and both moments corrected, so that m/(1-b1) and v/(1-b2) are g and g^2", () => {
    // w = 1*(1 - 0.25) - 0.5 * 3/(3 + 1)
    expect(trace(ADAMW, [3])[0]).toBeCloseTo(0.375, 14);
  });
});

test.for(
  pytorchFixture.optimizers.map((optimizer, index) => [optimizer.optimizer.kind, index, optimizer] as const),
)("%s equals PyTorch (case %i)", ([, , { optimizer, initial, steps }]) => {
  const w = vector(initial);
  const parameters = new Map([["w", w]]);
  const state = initialState(optimizer, parameters);
  steps.forEach(({ learningRate, gradient, weight }, step) => {
    const gradients = new Map([["w", vector(gradient)]]);
    stepOptimizer(optimizer, parameters, gradients, state, { learningRate, step });
    expectTensor(w, vector(weight), `step ${step}`, 1e-14);
  });
});
