import { elementCount, type Parameters, type Tensor } from "@nin/spec";
import { ConformanceFailure } from "../failure.js";
import { check, checkEqual } from "./check.js";
import { largestDifference } from "./position.js";
import { relativeL2 } from "./relative-l2.js";

type TensorMap = ReadonlyMap<string, Tensor>;

/** Fails unless a tensor is there with this shape and as many values. */
export function checkShape(
  actual: Tensor | undefined,
  shape: readonly number[],
  what: string,
): asserts actual is Tensor {
  check(actual !== undefined, `${what}: expected a tensor of shape [${shape.join(", ")}], got none`);
  checkEqual([...actual.shape], [...shape], `${what}: shape`);
  const count = elementCount(shape);
  check(actual.data.length === count, `${what}: expected ${count} values, got ${actual.data.length}`);
}

/** Fails unless shapes are equal and values within `tolerance`, relative L2. */
export function checkTensor(
  actual: Tensor | undefined,
  expected: Tensor,
  what: string,
  tolerance: number,
): void {
  checkShape(actual, expected.shape, what);
  const error = relativeL2(actual.data, expected.data);
  if (error <= tolerance) return;
  throw new ConformanceFailure(
    `${what}: relative L2 error ${error.toExponential(2)}, allowed ${tolerance}; most ${largestDifference(actual, expected)}`,
  );
}

/** Fails unless the names are the same, and every tensor within `tolerance`. */
export function checkTensors(actual: TensorMap, expected: TensorMap, what: string, tolerance: number): void {
  checkNames(actual, expected, what);
  for (const [name, tensor] of expected) checkTensor(actual.get(name), tensor, `${what} ${name}`, tolerance);
}

/** Fails unless shapes and every value are the same, bit for bit. */
export function checkSameTensor(actual: Tensor | undefined, expected: Tensor, what: string): void {
  checkShape(actual, expected.shape, what);
  const wrong = expected.data.findIndex((value, index) => !Object.is(actual.data[index], value));
  if (wrong < 0) return;
  const count = expected.data.filter((value, index) => !Object.is(actual.data[index], value)).length;
  throw new ConformanceFailure(
    `${what}: ${count} of ${expected.data.length} values are not the same bits; most ${largestDifference(actual, expected)}`,
  );
}

/** Fails unless the names are the same, and every tensor, bit for bit. */
export function checkSameTensors(actual: TensorMap, expected: TensorMap, what: string): void {
  checkNames(actual, expected, what);
  for (const [name, tensor] of expected) checkSameTensor(actual.get(name), tensor, `${what} ${name}`);
}

/** Fails unless both have the same names, in any order. */
export function checkNames(actual: Parameters, expected: Parameters, what: string): void {
  checkEqual([...actual.keys()].sort(), [...expected.keys()].sort(), `${what}: names`);
}
