import type { Precision } from "@nin/backend";
import { present } from "@nin/spec";

/** The largest relative L2 difference between two correct kernels: far above rounding, far below a mistake. */
const TOLERANCE: Readonly<Record<Precision, number>> = { f32: 1e-4, mixed: 2e-2 };

/** Whether kernels computed the same tensors; one that gives NaN agrees with nothing. */
export function agree(
  actual: readonly Float32Array[],
  expected: readonly Float32Array[],
  precision: Precision,
): boolean {
  return expected.every((tensor, index) => {
    const other = actual[index];
    return other?.length === tensor.length && distance(other, tensor) <= TOLERANCE[precision];
  });
}

function distance(actual: Float32Array, expected: Float32Array): number {
  let difference = 0;
  let norm = 0;
  expected.forEach((value, index) => {
    difference += (present(actual[index]) - value) ** 2;
    norm += value ** 2;
  });
  return norm === 0 ? difference : Math.sqrt(difference / norm);
}
