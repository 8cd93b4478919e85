import { at, entry, type Tensor } from "@nin/spec";

/** Tensors by parameter name. */
export type NamedTensors = ReadonlyMap<string, Tensor>;

/** What a run of some steps gives. */
export interface SegmentOutcome {
  /** Of each step. */
  readonly losses: readonly number[];
  /** Of the test images after the last step. */
  readonly logits: readonly number[];
  readonly parameters: NamedTensors;
}

/** How far two runs of the same steps are from each other, relatively. */
export interface Differences {
  readonly losses: readonly number[];
  readonly logits: number;
  /** By parameter name. */
  readonly updates: Readonly<Record<string, number>>;
}

/** As `clamp_min` in tools/pytorch/spread.py: nothing compared with nothing is 0. */
const SMALLEST = 1e-300;

/**
 * A segment's differences from the oracle: relative, of every loss; relative L2, of the logits and of each parameter's
 * update. Both updates are measured from the oracle's start, so that an update's difference is how far apart the
 * parameters end, relative to how far the oracle moved them.
 *
 * @param before - the oracle's parameters at the start
 */
export function differencesOf(
  actual: SegmentOutcome,
  expected: SegmentOutcome,
  before: NamedTensors,
): Differences {
  return {
    losses: actual.losses.map((loss, index) => {
      const own = at(expected.losses, index);
      return Math.abs(loss - own) / Math.abs(own);
    }),
    logits: ratioOfNorms(minus(actual.logits, expected.logits), expected.logits),
    updates: Object.fromEntries(
      [...expected.parameters].map(([name, { data }]) => {
        const error = minus(entry(actual.parameters, name).data, data);
        return [name, ratioOfNorms(error, minus(data, entry(before, name).data))];
      }),
    ),
  };
}

/** In float64. */
function minus(left: ArrayLike<number>, right: ArrayLike<number>): Float64Array {
  if (left.length !== right.length) throw new Error(`expected ${right.length} values, got ${left.length}`);
  return Float64Array.from(left, (value, index) => value - at(right, index));
}

function ratioOfNorms(error: Iterable<number>, size: Iterable<number>): number {
  return norm(error) / Math.max(norm(size), SMALLEST);
}

function norm(values: Iterable<number>): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}
