import { describe, expect, test } from "vitest";
import { initialParameters } from "../random/random.js";
import { SpecError } from "../reading/errors.js";
import { architectureOf } from "../testing/architectures.js";
import { bigintWord } from "../testing/bigint-philox.js";
import { checkInitialization, type Initialization } from "./initialization.js";

const WEIGHT = 1;
const BIAS = 2;

/** Weighted layers, by ordinal: net.0.0 (3 from 2x3x3), net.0.2 (4 from 3x1x1), net.2, net.4. */
const architecture = architectureOf(
  [
    { kind: "ninBlock", outChannels: 3, kernelSize: 3, padding: 1, mlpChannels: [4] },
    { kind: "globalAvgPool2d" },
    { kind: "conv2d", outChannels: 5, kernelSize: 1, bias: false },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 2 },
  ],
  [2, 8, 8],
);

const init = (change: Partial<Initialization> = {}): Initialization => ({
  weight: "xavierUniform",
  bias: "uniformFanIn",
  overrides: {},
  ...change,
});

const dataOf = (name: string, rules: Initialization, seed = 3): number[] => [
  ...(initialParameters(architecture, rules, seed).get(name)?.data ?? []),
];

/** `fround((2u-1)*bound)` from big integers. */
function byRule(count: number, seed: number, ordinal: number, purpose: number, bound: number): number[] {
  return Array.from({ length: count }, (_, e) => {
    const word = bigintWord(seed, e, { index: ordinal, time: 0, purpose });
    return Math.fround((2 * (word / 2 ** 32) - 1) * bound);
  });
}

describe("initialParameters", () => {
  test("has the names and shapes of PyTorch's state dict, in network order", () => {
    const shapes = [...initialParameters(architecture, init(), 0)].map(([name, { shape }]) => [name, shape]);
    expect(shapes).toEqual([
      ["net.0.0.weight", [3, 2, 3, 3]],
      ["net.0.0.bias", [3]],
      ["net.0.2.weight", [4, 3, 1, 1]],
      ["net.0.2.bias", [4]],
      ["net.2.weight", [5, 4, 1, 1]],
      ["net.4.weight", [2, 5]],
      ["net.4.bias", [2]],
    ]);
  });

  test.each([0, 3, 2 ** 32, 2 ** 32 + 3, 2 ** 53 - 1])("follows the design's formula at seed %d", (seed) => {
    expect(dataOf("net.0.0.weight", init(), seed)).toEqual(byRule(54, seed, 0, WEIGHT, Math.sqrt(6 / 45)));
    expect(dataOf("net.0.0.bias", init(), seed)).toEqual(byRule(3, seed, 0, BIAS, 1 / Math.sqrt(18)));
    expect(dataOf("net.2.weight", init(), seed)).toEqual(byRule(20, seed, 2, WEIGHT, Math.sqrt(6 / 9)));
    expect(dataOf("net.4.weight", init(), seed)).toEqual(byRule(10, seed, 3, WEIGHT, Math.sqrt(6 / 7)));
    expect(dataOf("net.4.bias", init(), seed)).toEqual(byRule(2, seed, 3, BIAS, 1 / Math.sqrt(5)));
  });

  test("knows He's rule and zeros", () => {
    const rules = init({ weight: "heUniform", bias: "zeros" });
    expect(dataOf("net.0.0.weight", rules)).toEqual(byRule(54, 3, 0, WEIGHT, Math.sqrt(6 / 18)));
    expect(dataOf("net.0.0.bias", rules)).toEqual([0, 0, 0]);
  });

  test("fills its bound's range and stays inside", () => {
    const wide = architectureOf([{ kind: "conv2d", outChannels: 100, kernelSize: 5 }], [4, 8, 8]);
    const data = initialParameters(wide, init(), 1).get("net.0.weight")?.data ?? [];
    const bound = Math.sqrt(6 / (100 + 2500));
    expect(Math.max(...data)).toBeLessThanOrEqual(bound);
    expect(Math.min(...data)).toBeGreaterThanOrEqual(-bound);
    expect(Math.max(...data)).toBeGreaterThan(0.99 * bound);
    expect(Math.min(...data)).toBeLessThan(-0.99 * bound);
  });
});

describe("init.overrides", () => {
  test("replaces the rule of one layer's weight or bias only", () => {
    const rules = init({ overrides: { "net.0.2": { weight: "heUniform", bias: 0.5 } } });
    expect(dataOf("net.0.2.weight", rules)).toEqual(byRule(12, 3, 1, WEIGHT, Math.sqrt(6 / 3)));
    expect(dataOf("net.0.2.bias", rules)).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(dataOf("net.0.0.bias", rules)).toEqual(dataOf("net.0.0.bias", init()));
    expect(dataOf("net.4.weight", rules)).toEqual(dataOf("net.4.weight", init()));
  });

  test("`last` is the last layer with weights; its own name goes first", () => {
    const last = init({ overrides: { last: { weight: "zeros", bias: 3 } } });
    expect(dataOf("net.4.weight", last)).toEqual(new Array(10).fill(0));
    expect(dataOf("net.4.bias", last)).toEqual([3, 3]);
    expect(dataOf("net.0.2.bias", last)).toEqual(dataOf("net.0.2.bias", init()));
    const both = init({ overrides: { last: { weight: "zeros", bias: 3 }, "net.4": { bias: 1 } } });
    expect(dataOf("net.4.weight", both)).toEqual(new Array(10).fill(0));
    expect(dataOf("net.4.bias", both)).toEqual([1, 1]);
  });

  test.each(["net.1", "net.0", "net.9", "first"])("refuses %s, which has no weights here", (name) => {
    const rules = init({ overrides: { [name]: { bias: 1 } } });
    const refusal = new SpecError(
      "init.overrides",
      "layer names among net.0.0, net.0.2, net.2, net.4, or last",
      name,
    );
    expect(() => initialParameters(architecture, rules, 0)).toThrow(refusal);
    expect(() => checkInitialization(architecture, rules)).toThrow(refusal);
  });
});
