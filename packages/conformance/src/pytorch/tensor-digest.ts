import { at, elementCount, present, type Shape, type Tensor } from "@nin/spec";
import { check } from "../check/check.js";
import { checkShape, checkTensor } from "../check/tensors.js";
import type { JsonReader } from "./json-reader.js";
import { philoxWords, uniform } from "./synthetic-data.js";

/** A small tensor, of which every value is kept. */
export interface WholeTensor {
  readonly shape: Shape;
  readonly data: readonly number[];
}

/** What a fixture keeps of a larger tensor. */
export interface TensorStatistics {
  readonly shape: Shape;
  readonly sum: number;
  /** Sum of magnitudes. */
  readonly l1: number;
  /** Root of the sum of squares. */
  readonly l2: number;
  /** Largest magnitude. */
  readonly largest: number;
  /** Elements at `samplePositions`. */
  readonly samples: readonly number[];
  /** Sums of all elements with random signs; see `projection`. */
  readonly projections: readonly number[];
}

export type TensorDigest = WholeTensor | TensorStatistics;

/** @throws FixtureError that names the path */
export function readTensorDigest(json: JsonReader): TensorDigest {
  const shape = json
    .field("shape")
    .array()
    .map((extent) => extent.wholeNumber(1));
  if (json.has("data")) {
    const data = json.field("data").numbers();
    if (data.length !== elementCount(shape)) json.field("data").fail(`${elementCount(shape)} numbers`);
    return { shape, data };
  }
  const projections = json.field("projections").numbers();
  if (projections.length === 0) json.field("projections").fail("at least one number");
  return {
    shape,
    sum: json.field("sum").number(),
    l1: json.field("l1").notNegative(),
    l2: json.field("l2").notNegative(),
    largest: json.field("largest").notNegative(),
    samples: json.field("samples").numbers(),
    projections,
  };
}

/**
 * Fails unless a tensor has the digest of a fixture, within `tolerance`.
 *
 * A whole tensor is compared by relative L2. Of a larger one the sum, norms and samples are compared, each relative to
 * its own scale, and the projections by the root mean square of their errors, which is about the L2 norm of the errors
 * of all elements.
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

/** Fails unless the tensors have the names of the fixture's, and each its digest within its tolerance. */
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
  const within = (name: string, given: number, wanted: number, scale: number): void =>
    checkError(`${what}: ${name} ${given} instead of ${wanted}`, given - wanted, scale, tolerance);
  within("sum", actual.sum, expected.sum, expected.l1);
  within("l1", actual.l1, expected.l1, expected.l1);
  within("l2", actual.l2, expected.l2, expected.l2);
  within("largest magnitude", actual.largest, expected.largest, expected.largest);
  expected.samples.forEach((wanted, k) => {
    within(`sample ${k}`, at(actual.samples, k), wanted, expected.largest);
  });
  const squares = expected.projections.map((wanted, k) => (at(actual.projections, k) - wanted) ** 2);
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

/** Counters of the numbers below, which have seed 0; `nin_torch/fixture_tensors.py` has the same. */
const DIGEST_INDEX = { sample: 3, sign: 4 } as const;

/** The statistics of a tensor, with as many samples and projections as the fixture has. */
export function statisticsOf(
  { shape, data }: Tensor,
  { samples, projections }: Pick<TensorStatistics, "samples" | "projections">,
): TensorStatistics {
  const positions = samplePositions(data.length, samples.length);
  return {
    shape,
    sum: total(data, (value) => value),
    l1: total(data, Math.abs),
    l2: Math.sqrt(total(data, (value) => value * value)),
    largest: largestMagnitude(data),
    samples: positions.map((position) => at(data, position)),
    projections: projections.map((_, number) => projection(data, number)),
  };
}

/** The flat position of each sample: `floor(u * length)`. */
export function samplePositions(length: number, samples: number): readonly number[] {
  return Array.from(philoxWords(0, samples, DIGEST_INDEX.sample), (word) =>
    Math.floor(uniform(word) * length),
  );
}

/** The sum of all elements, element i times +1 where bit i mod 32 of word floor(i/32) is set, otherwise times -1. */
function projection(data: Tensor["data"], number: number): number {
  const words = philoxWords(0, Math.ceil(data.length / 32), DIGEST_INDEX.sign, number);
  let sum = 0;
  for (let i = 0; i < data.length; i += 1) {
    const bit = (present(words[i >>> 5]) >>> (i & 31)) & 1;
    sum += (2 * bit - 1) * present(data[i]);
  }
  return sum;
}

function total(data: Tensor["data"], each: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 1) sum += each(present(data[i]));
  return sum;
}

/** NaN where any element is. */
function largestMagnitude(data: Tensor["data"]): number {
  let largest = 0;
  for (let i = 0; i < data.length; i += 1) largest = Math.max(largest, Math.abs(present(data[i])));
  return largest;
}
