import type { NamedTensors, Shape, Tensor } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { BatchError, ParameterError } from "../contract/errors.js";
import { type BatchLimits, checkBatch, checkLabels, checkParameters } from "./batch-checks.js";

const limits: BatchLimits = { inputShape: [3, 2, 2], maxBatch: 4, classes: 10, imageShape: [1, 5, 4] };

function input(...shape: number[]) {
  return { input: { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) } };
}

describe("checkBatch", () => {
  test.each([1, 4])("takes inputs and images of %i", (count) => {
    expect(checkBatch(input(count, 3, 2, 2), limits)).toBe(count);
    expect(checkBatch({ images: new Uint8Array(count * 20) }, limits)).toBe(count);
  });

  test.each([
    [input(0, 3, 2, 2), "batch: expected 1 to 4 images (the model was compiled with `maxBatch: 4`), got 0"],
    [input(5, 3, 2, 2), "batch: expected 1 to 4 images (the model was compiled with `maxBatch: 4`), got 5"],
    [
      input(1.5, 3, 2, 2),
      "batch: expected 1 to 4 images (the model was compiled with `maxBatch: 4`), got 1.5",
    ],
    [input(3, 2, 2), "input: expected shape [N, 3, 2, 2], got [3, 2, 2]"],
    [input(1, 3, 2, 3), "input: expected shape [N, 3, 2, 2], got [1, 3, 2, 3]"],
    [input(1, 3, 2, 2, 1), "input: expected shape [N, 3, 2, 2], got [1, 3, 2, 2, 1]"],
    [
      { images: new Uint8Array(0) },
      "batch: expected 1 to 4 images (the model was compiled with `maxBatch: 4`), got 0",
    ],
    [
      { images: new Uint8Array(100) },
      "batch: expected 1 to 4 images (the model was compiled with `maxBatch: 4`), got 5",
    ],
    [{ images: new Uint8Array(21) }, "images: expected a multiple of 20 bytes, got 21"],
  ])("refuses %o", (batch, message) => {
    expect(() => checkBatch(batch, limits)).toThrow(new BatchError(...partsOf(message)));
  });

  test("refuses data that is not as long as its shape says", () => {
    const short = { input: { shape: [1, 3, 2, 2], data: new Float32Array(11) } };
    expect(() => checkBatch(short, limits)).toThrow("input: expected 12 values, got 11");
  });

  test("refuses images when the model was compiled without", () => {
    const { imageShape: _, ...withoutImages } = limits;
    expect(() => checkBatch({ images: new Uint8Array(20) }, withoutImages)).toThrow(
      "batch: expected input (the model was compiled without `imageFormat`), got images",
    );
  });
});

describe("checkLabels", () => {
  test("takes every class", () => {
    checkLabels(Uint8Array.from([0, 9]), 2, 10);
    checkLabels(Int32Array.from([0, 9]), 2, 10);
  });

  test.each([
    [Uint8Array.from([1, 10]), "labels[1]: expected 0 to 9, got 10"],
    [Int32Array.from([-1, 1]), "labels[0]: expected 0 to 9, got -1"],
    [Uint8Array.from([1]), "labels: expected 2, one per image, got 1"],
    [Uint8Array.from([1, 2, 3]), "labels: expected 2, one per image, got 3"],
  ])("refuses %o", (labels, message) => {
    expect(() => checkLabels(labels, 2, 10)).toThrow(new BatchError(...partsOf(message)));
  });
});

describe("checkParameters", () => {
  const expected = new Map<string, Shape>([
    ["net.0.weight", [2, 3]],
    ["net.0.bias", [2]],
  ]);
  const weight = { shape: [2, 3], data: new Float32Array(6) };
  const bias = { shape: [2], data: new Float64Array(2) };
  const given = (other: Readonly<Record<string, Tensor>>): NamedTensors =>
    new Map(Object.entries({ "net.0.weight": weight, "net.0.bias": bias, ...other }));

  test("takes exactly the expected tensors, in any order and either precision", () => {
    checkParameters(given({}), expected);
    checkParameters(new Map([...given({})].reverse()), expected);
  });

  test("refuses a missing one", () => {
    const missing = new Map([["net.0.weight", weight]]);
    expect(() => checkParameters(missing, expected)).toThrow(
      "parameter net.0.bias: expected shape [2], got nothing",
    );
  });

  test.each([
    [
      "an extra one",
      { "net.1.bias": bias },
      "parameter net.1.bias: expected one of net.0.weight, net.0.bias, got an unknown name",
    ],
    [
      "a wrong shape of the right size",
      { "net.0.weight": { ...weight, shape: [3, 2] } },
      "parameter net.0.weight: expected shape [2, 3], got [3, 2]",
    ],
    [
      "too few values",
      { "net.0.bias": { ...bias, data: new Float32Array(1) } },
      "parameter net.0.bias: expected 2 values, got 1",
    ],
    [
      "NaN",
      { "net.0.bias": { ...bias, data: Float32Array.from([0, Number.NaN]) } },
      "parameter net.0.bias: expected finite values, got NaN at 1",
    ],
    [
      "infinity",
      { "net.0.bias": { ...bias, data: Float32Array.from([Number.NEGATIVE_INFINITY, 0]) } },
      "parameter net.0.bias: expected finite values, got -Infinity at 0",
    ],
  ])("refuses %s", (_, other, message) => {
    const check = () => checkParameters(given(other), expected);
    expect(check).toThrow(ParameterError);
    expect(check).toThrow(message);
  });
});

/** `what: expected this, got that` as an error's arguments. */
function partsOf(message: string): [string, string, string] {
  const [, what = "", expected = "", got = ""] = /^(.*?): expected (.*), got (.*)$/.exec(message) ?? [];
  return [what, expected, got];
}
