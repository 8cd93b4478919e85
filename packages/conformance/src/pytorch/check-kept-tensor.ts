import type { Tensor } from "@nin/spec";
import { check } from "../check/check.js";
import { checkShape, checkTensor } from "../check/tensors.js";
import type { TensorDigest, TensorStatistics } from "./kept-tensor.js";
import { statisticsOf } from "./statistics.js";

/**
 * Fails unless a tensor is what a fixture keeps of it, within `tolerance`.
 *
 * A whole tensor is compared by relative L2. Of a larger one, sum, norms and samples are compared
 * each by its own scale, and the projections by the root mean square of their errors, which is
 * about the L2 norm of all elements' errors.
 */
export function checkTensorDigest(
  actual: Tensor | undefined,
  expected: TensorDigest,
  what: string,
  tolerance: number,
): void {
  if ("data" in expected) {
    const { shape, data } = expected;
    checkTensor(actual, { shape, data: Float64Array.from(data) }, what, tolerance);
    return;
  }
  checkShape(actual, expected.shape, what);
  checkStatistics(statisticsOf(actual, expected), expected, what, tolerance);
}

/** Fails unless there is exactly what the fixture has, each within its tolerance. */
export function checkTensorDigests(
  actual: ReadonlyMap<string, Tensor>,
  expected: ReadonlyMap<string, TensorDigest>,
  what: string,
  toleranceOf: (name: string) => number,
): void {
  const given = [...actual.keys()].sort().join(", ");
  const wanted = [...expected.keys()].sort().join(", ");
  check(given === wanted, `${what}: expected ${wanted}, got ${given}`);
  for (const [name, tensor] of expected) {
    checkTensorDigest(actual.get(name), tensor, `${what} ${name}`, toleranceOf(name));
  }
}

function checkStatistics(
  actual: TensorStatistics,
  expected: TensorStatistics,
  what: string,
  tolerance: number,
): void {
  const within = (name: string, given: number | undefined, wanted: number, scale: number): void =>
    checkError(
      `${what}: ${name} ${given} instead of ${wanted}`,
      (given ?? Number.NaN) - wanted,
      scale,
      tolerance,
    );
  within("sum", actual.sum, expected.sum, expected.l1);
  within("l1", actual.l1, expected.l1, expected.l1);
  within("l2", actual.l2, expected.l2, expected.l2);
  within("largest magnitude", actual.largest, expected.largest, expected.largest);
  expected.samples.forEach((wanted, k) => {
    within(`sample ${k}`, actual.samples[k], wanted, expected.largest);
  });
  const squares = expected.projections.map(
    (wanted, k) => ((actual.projections[k] ?? Number.NaN) - wanted) ** 2,
  );
  const error = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  checkError(`${what}: sums with random signs`, error, expected.l2, tolerance);
}

function checkError(what: string, error: number, scale: number, tolerance: number): void {
  const relative = error === 0 ? 0 : Math.abs(error) / scale;
  check(
    relative <= tolerance,
    `${what}: relative error ${relative.toExponential(2)}, allowed ${tolerance.toExponential(2)}`,
  );
}
