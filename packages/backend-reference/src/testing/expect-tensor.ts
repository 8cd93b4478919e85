import { expect } from "vitest";
import type { Tensor64 } from "../tensors/tensor64.js";

/** Fails unless shapes are equal and values agree to `relative` of the expected tensor's largest. */
export function expectTensor(
  actual: Tensor64 | undefined,
  expected: Tensor64 | undefined,
  what: string,
  relative = 1e-12,
): void {
  expect(actual?.shape, `${what}: shape`).toEqual(expected?.shape);
  const scale = expected?.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) ?? 0;
  expected?.data.forEach((value, index) => {
    const given = actual?.data[index] ?? Number.NaN;
    const message = `${what}[${index}]: ${given} is not ${value}`;
    expect(Math.abs(given - value), message).toBeLessThanOrEqual(relative * scale);
  });
}
