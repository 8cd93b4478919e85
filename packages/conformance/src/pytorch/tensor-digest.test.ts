import { at, present } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { philoxWords } from "./synthetic-data.js";
import { checkTensorDigest, checkTensorDigests, samplePositions, statisticsOf } from "./tensor-digest.js";

const tensor = { shape: [2, 50], data: Float64Array.from({ length: 100 }, (_, i) => (i % 7) - 3) };
const like = { samples: Array<number>(16).fill(0), projections: Array<number>(8).fill(0) };
const digest = statisticsOf(tensor, like);

test("sum, norms and the largest magnitude", () => {
  const { sum, l1, l2, largest, shape } = statisticsOf(
    { shape: [1, 4], data: Float32Array.of(1, -2, 0, 4) },
    { samples: [], projections: [] },
  );
  expect({ sum, l1, l2, largest, shape }).toEqual({
    sum: 3,
    l1: 7,
    l2: Math.sqrt(21),
    largest: 4,
    shape: [1, 4],
  });
});

test("samples are the elements at random positions", () => {
  const positions = samplePositions(100, 16);
  expect(Math.min(...positions)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...positions)).toBeLessThan(100);
  expect(new Set(positions).size).toBeGreaterThan(10);
  expect(digest.samples).toEqual(positions.map((position) => tensor.data[position]));
});

test("a projection adds each element with the sign of its bit", () => {
  const words = philoxWords(0, 4, 4, 5);
  const bits = [...words].flatMap((word) => Array.from({ length: 32 }, (_, bit) => (word >>> bit) & 1));
  const expected = tensor.data.reduce((sum, value, i) => sum + (bits[i] === 1 ? value : -value), 0);
  expect(digest.projections[5]).toBe(expected);
});

describe("a tensor compared with its digest", () => {
  const moved = (i: number, by: number) => ({
    ...tensor,
    data: tensor.data.map((value, k) => (k === i ? value + by : value)),
  });

  test("equals it", () => {
    checkTensorDigest(tensor, digest, "tensor", 0);
  });

  test("differs where two elements are swapped, which are no samples and leave sums and norms as they are", () => {
    const positions = samplePositions(100, 16);
    const free = [...tensor.data.keys()].filter((i) => !positions.includes(i));
    const swapped = Float64Array.from(tensor.data);
    const i = at(free, 0);
    const j = present(free.find((candidate) => tensor.data[candidate] !== tensor.data[i]));
    swapped[i] = at(tensor.data, j);
    swapped[j] = at(tensor.data, i);
    const actual = { ...tensor, data: swapped };
    expect(() => checkTensorDigest(actual, digest, "tensor", 1e-3)).toThrow(
      /^tensor: sums with random signs/,
    );
  });

  test.for([
    ["another shape", { ...tensor, shape: [50, 2] }, /shape/],
    ["nothing", undefined, /got none/],
    ["a NaN", moved(3, Number.NaN), /sum NaN/],
    ["one wrong element", moved(3, 0.1), /relative error/],
  ] as const)("%s is refused", ([, actual, message]) => {
    expect(() => checkTensorDigest(actual, digest, "tensor", 1e-6)).toThrow(message);
  });

  test("zeros must be zeros", () => {
    const zeros = { shape: [2], data: [0, 0] };
    checkTensorDigest({ shape: [2], data: Float32Array.of(0, -0) }, zeros, "zeros", 1e-3);
    const actual = { shape: [2], data: Float32Array.of(0, 1e-30) };
    expect(() => checkTensorDigest(actual, zeros, "zeros", 1e-3)).toThrow(/^zeros: relative L2/);
  });

  test("names must be the same", () => {
    const named = new Map([["a", tensor]]);
    const check = (names: readonly string[]) => () =>
      checkTensorDigests(named, new Map(names.map((name) => [name, digest])), "gradient", () => 0);
    expect(check(["a"])).not.toThrow();
    expect(check(["a", "b"])).toThrow("gradient: expected a, b, got a");
    expect(check([])).toThrow("gradient: expected , got a");
  });
});
