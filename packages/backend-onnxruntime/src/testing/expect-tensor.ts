import { elementCount, type NamedTensors, type Tensor } from "@nin/spec";
import { expect } from "vitest";

/** Forward values and gradients of small networks in float32, away from kinks. */
export const SMALL_CASE_TOLERANCE = 2e-5;

/** `|actual - expected| / |expected|` in the L2 norm; 0 when both are zero. */
export function relativeL2(actual: Tensor["data"], expected: Tensor["data"]): number {
  let difference = 0;
  let norm = 0;
  expected.forEach((value, index) => {
    difference += ((actual[index] ?? Number.NaN) - value) ** 2;
    norm += value ** 2;
  });
  return difference === 0 ? 0 : Math.sqrt(difference / norm);
}

/** Fails unless the shapes are equal and the values agree. */
export function expectTensor(
  actual: Tensor | undefined,
  expected: Tensor | undefined,
  what: string,
  tolerance = SMALL_CASE_TOLERANCE,
): void {
  expect(actual?.shape, `${what}: shape`).toEqual(expected?.shape);
  expect(actual?.data.length, `${what}: length`).toBe(elementCount(expected?.shape ?? []));
  const error = relativeL2(actual?.data ?? new Float32Array(), expected?.data ?? new Float32Array());
  expect(error, `${what}: relative L2 error`).toBeLessThanOrEqual(tolerance);
}

/** Fails unless the names are equal, and every tensor. */
export function expectTensors(
  actual: NamedTensors,
  expected: NamedTensors,
  what: string,
  tolerance = SMALL_CASE_TOLERANCE,
): void {
  expect([...actual.keys()].sort(), `${what}: names`).toEqual([...expected.keys()].sort());
  for (const [name, tensor] of expected) {
    expectTensor(actual.get(name), tensor, `${what} ${name}`, tolerance);
  }
}
