import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Architecture, namedParameters, type Parameters, type Tensor } from "@nin/spec";
import { expect } from "vitest";

/** What the fixture keeps of a tensor. */
export interface Statistics {
  readonly shape: readonly number[];
  readonly sum: number;
  readonly l1: number;
  readonly l2: number;
  readonly max: number;
  readonly min: number;
  readonly idx: readonly number[];
  readonly val: readonly number[];
}

/** PyTorch's float64 results for the tutorial's network on the first two test images. */
export interface NinBaseRun {
  readonly seed: number;
  readonly labels: readonly number[];
  readonly loss: number;
  readonly grads: readonly { readonly layer: string; readonly dW: Statistics; readonly db: Statistics }[];
  readonly "loss_after_one_sgd_step_lr0.05": number;
}

/** The reference's fixture: its run with a hash-generated mask. */
export function readNinBase(): { readonly hashDropout: NinBaseRun } {
  const packageFile = createRequire(import.meta.url).resolve("@nin/backend-reference/package.json");
  return JSON.parse(readFileSync(join(packageFile, "../fixtures/nin-base.json"), "utf8"));
}

/** The uniform numbers of the fixture; its `generator` field has the formula in words. */
export function hashUniform(seed: number, t: number, i: number): number {
  let x = (Math.imul(i, 0x9e3779b1) + Math.imul(t + 1, 0x85ebca77) + Math.imul(seed, 0xc2b2ae3d)) >>> 0;
  x ^= x >>> 15;
  x = Math.imul(x, 0x2c1b3c6d);
  x ^= x >>> 12;
  x = Math.imul(x, 0x297a2d39);
  x ^= x >>> 15;
  return (x >>> 0) / 2 ** 32;
}

/** The fixture's weights, under the names of an architecture of the same convolutions. */
export function hashParameters(architecture: Architecture, seed: number): Parameters {
  return new Map(
    namedParameters(architecture).map(({ name, role, shape, ordinal, fanIn, fanOut }): [string, Tensor] => {
      const bound = role === "weight" ? Math.sqrt(6 / (fanIn + fanOut)) : 1 / Math.sqrt(fanIn);
      const length = shape.reduce((product, extent) => product * extent, 1);
      const t = 2 * ordinal + (role === "weight" ? 0 : 1);
      const data = Float32Array.from({ length }, (_, i) => (2 * hashUniform(seed, t, i) - 1) * bound);
      return [name, { shape, data }];
    }),
  );
}

/** Fails unless a tensor has the fixture's statistics, each to `tolerance` of its own scale. */
export function expectStatistics(
  actual: Tensor | undefined,
  expected: Statistics,
  tolerance: number,
  what: string,
): void {
  const data = Float64Array.from(actual?.data ?? []);
  const total = (each: (value: number) => number): number => data.reduce((sum, x) => sum + each(x), 0);
  const largest = Math.max(Math.abs(expected.max), Math.abs(expected.min));
  const check = (name: string, value: number, wanted: number, scale: number): void =>
    expect(
      Math.abs(value - wanted) / scale,
      `${what}: ${name} ${value} is not ${wanted}`,
    ).toBeLessThanOrEqual(tolerance);
  expect(actual?.shape, `${what}: shape`).toEqual(expected.shape);
  check(
    "sum",
    total((x) => x),
    expected.sum,
    expected.l1,
  );
  check("l1", total(Math.abs), expected.l1, expected.l1);
  check("l2", Math.sqrt(total((x) => x * x)), expected.l2, expected.l2);
  check(
    "max",
    data.reduce((a, b) => Math.max(a, b)),
    expected.max,
    largest,
  );
  check(
    "min",
    data.reduce((a, b) => Math.min(a, b)),
    expected.min,
    largest,
  );
  expected.idx.forEach((index, k) => {
    check(`[${index}]`, data[index] ?? Number.NaN, expected.val[k] ?? Number.NaN, largest);
  });
}
