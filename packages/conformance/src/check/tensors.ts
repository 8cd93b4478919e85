import type { TrainingState } from "@nin/backend";
import { elementCount, type Parameters, type Shape, type Tensor } from "@nin/spec";
import { ConformanceFailure } from "../case/failure.js";
import { check, checkEqual } from "./check.js";

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

/** Indices of an element by its flat position: `[0, 2, 5]`. */
export function indicesAt(shape: Shape, position: number): string {
  let rest = position;
  const indices = [...shape].reverse().map((extent) => {
    const index = rest % extent;
    rest = Math.floor(rest / extent);
    return index;
  });
  return `[${indices.reverse().join(", ")}]`;
}

/** Where two tensors differ most: `at [0, 2, 5] 1.5 instead of 1.25`. */
export function largestDifference(actual: Tensor, expected: Tensor): string {
  let worst = 0;
  let largest = -1;
  for (let index = 0; index < expected.data.length; index += 1) {
    const given = actual.data[index] ?? Number.NaN;
    const difference = Math.abs(given - (expected.data[index] ?? 0));
    // A NaN is the worst there is.
    const size = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    if (size > largest) [worst, largest] = [index, size];
  }
  const where = indicesAt(expected.shape, worst);
  return `at ${where} ${actual.data[worst]} instead of ${expected.data[worst]}`;
}

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

/** Fails unless two states are the same: step, parameters and optimizer, bit for bit. */
export function checkSameState(actual: TrainingState, expected: TrainingState, what: string): void {
  checkEqual(actual.step, expected.step, `${what}: step`);
  checkSameTensors(actual.parameters, expected.parameters, `${what}: parameters`);
  checkSameTensors(actual.optimizer, expected.optimizer, `${what}: optimizer state`);
}
