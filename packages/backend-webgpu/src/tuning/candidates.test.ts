import { expect, test } from "vitest";
import type { AdapterTraits } from "../device/adapter-traits.js";
import type { ConvolveOptions } from "../layers/convolve.js";
import { defaultKernels } from "../layers/kernel-choice.js";
import { candidatesOf } from "./candidates.js";
import { stillPossible } from "./tuned-kernels.js";

const TENSOR_CORE = { m: 16, n: 16, k: 16, lanes: 32 };
const GPU: AdapterTraits = {
  name: "a GPU",
  software: false,
  subgroups: true,
  half: true,
  tensorCores: [TENSOR_CORE],
  maxBindingBytes: 2 ** 27,
  features: [],
  limits: {},
};
const SOFTWARE = { ...GPU, software: true };

/** A window that Winograd's transforms are there for. */
const layer = {
  kernelSize: [5, 5],
  stride: [1, 1],
  padding: [2, 2],
  input: { channels: 96, stride: 96, height: 26, width: 26 },
  output: { channels: 256, height: 26, width: 26 },
} as unknown as ConvolveOptions;

function namesOf(traits: AdapterTraits, precision: "f32" | "mixed"): readonly string[] {
  return candidatesOf(layer, traits, { precision, likely: defaultKernels(traits, precision) }).map(
    ({ name }) => name,
  );
}

test("in f32 each matmul kernel of a GPU is tried with transforms and without", () => {
  const names = namesOf(GPU, "f32");
  expect(names).toContain("tiles-128 winograd");
  expect(names).toContain("tiles-128");
  expect(names.some((name) => name.includes("tensor-core"))).toBe(false);
});

test("in mixed precision a GPU may choose float32 with transforms over f16 without", () => {
  const names = namesOf(GPU, "mixed");
  expect(names[0]).toBe("tensor-core-16x16x16");
  expect(names).toContain("tiles-128 winograd");
  expect(names).not.toContain("tensor-core-16x16x16 winograd");
  expect(new Set(names).size).toBe(names.length);
});

test("on a software adapter, whose searches take long, it may not", () => {
  expect(namesOf(SOFTWARE, "mixed")).not.toContain("tiles-128 winograd");
});

test("a record's choice counts as long as there is a kernel of that name", () => {
  const options = { precision: "f32", likely: defaultKernels(GPU, "f32") } as const;
  const records = [
    { layer: "renamed", chosen: "blocks-96 winograd", times: {} },
    { layer: "known", chosen: "double-buffered-96 winograd", times: {} },
    { layer: "of another network", chosen: "blocks-96", times: {} },
  ];
  const layers = new Map(["renamed", "known"].map((key) => [key, layer]));
  const possible = stillPossible(records, layers, (own) => candidatesOf(own, GPU, options));
  expect(possible.map((record) => record.layer)).toEqual(["known", "of another network"]);
});
