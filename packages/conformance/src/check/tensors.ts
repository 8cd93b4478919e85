import type { TrainingState } from "@nin/backend";
import {
  type Architecture,
  at,
  elementCount,
  namedParameters,
  type Optimizer,
  present,
  type Shape,
  type Tensor,
} from "@nin/spec";
import { ConformanceFailure } from "../case/failure.js";
import { check, checkEqual } from "./check.js";

type TensorMap = ReadonlyMap<string, Tensor>;

/** Fails unless there is a tensor of this shape, with as many values. */
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

/** Fails unless the shapes are equal and the values are within `tolerance`. Units: relative L2. */
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
    `${what}: relative L2 error ${error.toExponential(2)}, allowed ${tolerance}; largest difference ${largestDifference(actual, expected)}`,
  );
}

/** Fails unless the names are the same, and every tensor within `tolerance`. */
export function checkTensors(actual: TensorMap, expected: TensorMap, what: string, tolerance: number): void {
  checkNames(actual, expected, what);
  for (const [name, tensor] of expected) checkTensor(actual.get(name), tensor, `${what} ${name}`, tolerance);
}

/** Fails unless the shapes are equal and every value is the same, bit for bit. */
export function checkSameTensor(actual: Tensor | undefined, expected: Tensor, what: string): void {
  checkShape(actual, expected.shape, what);
  const wrong = expected.data.findIndex((value, index) => !Object.is(actual.data[index], value));
  if (wrong < 0) return;
  const count = expected.data.filter((value, index) => !Object.is(actual.data[index], value)).length;
  throw new ConformanceFailure(
    `${what}: ${count} of ${expected.data.length} values differ in their bits; largest difference ${largestDifference(actual, expected)}`,
  );
}

/** Fails unless the names are the same, and every tensor is, bit for bit. */
export function checkSameTensors(actual: TensorMap, expected: TensorMap, what: string): void {
  checkNames(actual, expected, what);
  for (const [name, tensor] of expected) checkSameTensor(actual.get(name), tensor, `${what} ${name}`);
}

/** Fails unless both have the same names, in any order; says which are missing. */
export function checkNames(actual: TensorMap, expected: TensorMap, what: string): void {
  checkNameSet(actual, [...expected.keys()], what);
}

function checkNameSet(actual: TensorMap, expected: readonly string[], what: string): void {
  const missing = expected.filter((name) => !actual.has(name));
  const unexpected = [...actual.keys()].filter((name) => !expected.includes(name));
  const subject = what.replace(/:$/, "");
  check(missing.length === 0, `${subject}: missing ${missing.join(", ")}`);
  check(unexpected.length === 0, `${subject}: unexpected ${unexpected.join(", ")}`);
}

/** The indices of the element at a flat position: `[0, 2, 5]`. */
function indicesAt(shape: Shape, position: number): string {
  let rest = position;
  const indices = [...shape].reverse().map((extent) => {
    const index = rest % extent;
    rest = Math.floor(rest / extent);
    return index;
  });
  return `[${indices.reverse().join(", ")}]`;
}

/** Where two tensors of one shape differ most: `at [0, 2, 5]: 1.5 instead of 1.25`. */
export function largestDifference(actual: Tensor, expected: Tensor): string {
  let worst = 0;
  let largest = -1;
  for (let index = 0; index < expected.data.length; index += 1) {
    const difference = Math.abs(present(actual.data[index]) - present(expected.data[index]));
    // No difference is worse than NaN.
    const size = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    if (size > largest) [worst, largest] = [index, size];
  }
  const where = indicesAt(expected.shape, worst);
  return `at ${where}: ${at(actual.data, worst)} instead of ${at(expected.data, worst)}`;
}

/**
 * `|actual - expected| / |expected|` in the L2 norm: 0 where both are the same, infinite where only `expected` is all
 * zeros, or where one has more values than the other.
 */
export function relativeL2(actual: Tensor["data"], expected: Tensor["data"]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let norm = 0;
  for (let index = 0; index < expected.length; index += 1) {
    const value = present(expected[index]);
    difference += (present(actual[index]) - value) ** 2;
    norm += value ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / norm);
}

/**
 * Fails unless there is a tensor for every parameter of an architecture, in its shape, and no other: what a backend
 * returned is compared with other results of its own only if nothing is missing from it.
 */
export function checkComplete(actual: TensorMap, architecture: Architecture, what: string): void {
  checkOutline(actual, namedParameters(architecture), what);
}

/** Fails unless a training state has every parameter, and all that the optimizer keeps after a step. */
export function checkCompleteState(
  { parameters, optimizer }: TrainingState,
  architecture: Architecture,
  kind: Optimizer,
  what: string,
): void {
  checkComplete(parameters, architecture, `${what}: parameters`);
  const kept = stateTensors(kind).flatMap((prefix) =>
    namedParameters(architecture).map(({ name, shape }) => ({ name: `${prefix}.${name}`, shape })),
  );
  checkOutline(optimizer, kept, `${what}: optimizer state`);
}

function stateTensors(optimizer: Optimizer): readonly string[] {
  if (optimizer.kind === "adamw") return ["moment1", "moment2"];
  return optimizer.momentum > 0 ? ["velocity"] : [];
}

function checkOutline(
  actual: TensorMap,
  expected: readonly { readonly name: string; readonly shape: Shape }[],
  what: string,
): void {
  checkNameSet(
    actual,
    expected.map(({ name }) => name),
    what,
  );
  for (const { name, shape } of expected) checkShape(actual.get(name), shape, `${what} ${name}`);
}

/** Fails unless two states are the same: step, parameters and optimizer, bit for bit. */
export function checkSameState(actual: TrainingState, expected: TrainingState, what: string): void {
  checkEqual(actual.step, expected.step, `${what}: step`);
  checkSameTensors(actual.parameters, expected.parameters, `${what}: parameters`);
  checkSameTensors(actual.optimizer, expected.optimizer, `${what}: optimizer state`);
}
