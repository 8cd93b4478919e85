import type { Tensor } from "@nin/spec";

/** `|actual - expected| / |expected|` in the L2 norm; 0 when both are the same, infinite for zeros that are not met. */
export function relativeL2(actual: Tensor["data"], expected: Tensor["data"]): number {
  let difference = 0;
  let norm = 0;
  for (let index = 0; index < expected.length; index += 1) {
    const value = expected[index] ?? 0;
    difference += ((actual[index] ?? Number.NaN) - value) ** 2;
    norm += value ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / norm);
}
