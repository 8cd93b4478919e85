import type { Evaluation } from "@nin/backend";
import type { TrajectoryTolerances } from "../case/tolerances.js";
import { relative } from "../check/check.js";
import { relativeL2 } from "../check/tensors.js";
import type { RunOutcome } from "./outcome.js";

/** How far two runs are apart, or how far they may be. */
export interface RunDistance {
  /** Of each step's loss, relative. */
  readonly losses: readonly number[];
  /** Of each evaluation's sum of losses, relative; infinite where an image is predicted otherwise. */
  readonly evaluations: readonly number[];
  /** Of each tensor, relative L2. */
  readonly tensors: ReadonlyMap<string, number>;
  /** Relative L2. */
  readonly logits: number;
}

/** The distance of `actual` from `expected`; what is missing is infinitely far. */
export function runDistance(actual: RunOutcome, expected: RunOutcome): RunDistance {
  const tensors = [...expected.tensors].map(([name, { data }]): [string, number] => {
    const given = actual.tensors.get(name)?.data;
    return [name, given === undefined ? Number.POSITIVE_INFINITY : relativeL2(given, data)];
  });
  return {
    losses: expected.losses.map((loss, step) => relative(actual.losses[step], loss)),
    evaluations: expected.evaluations.map((evaluation, index) =>
      evaluationDistance(actual.evaluations[index], evaluation),
    ),
    tensors: new Map(tensors),
    logits: relativeL2(actual.logits.data, expected.logits.data),
  };
}

/** The larger of each number. */
export function largerDistance(a: RunDistance, b: RunDistance): RunDistance {
  return {
    losses: larger(a.losses, b.losses),
    evaluations: larger(a.evaluations, b.evaluations),
    tensors: new Map([...a.tensors].map(([name, far]) => [name, Math.max(far, b.tensors.get(name) ?? 0)])),
    logits: Math.max(a.logits, b.logits),
  };
}

/** Whether each number is at most `share` of what is allowed. */
export function isWithin(distance: RunDistance, allowed: RunDistance, share: number): boolean {
  const { losses, evaluations, tensors, logits } = distance;
  return (
    losses.every((far, step) => far <= share * (allowed.losses[step] ?? 0)) &&
    evaluations.every((far, index) => far <= share * (allowed.evaluations[index] ?? 0)) &&
    [...tensors].every(([name, far]) => far <= share * (allowed.tensors.get(name) ?? 0)) &&
    logits <= share * allowed.logits
  );
}

/** The largest number of all. */
export function largestOf({ losses, evaluations, tensors, logits }: RunDistance): number {
  return Math.max(logits, ...losses, ...evaluations, ...tensors.values());
}

function evaluationDistance(actual: Evaluation | undefined, expected: Evaluation): number {
  const isSame = expected.confusion.every((count, cell) => actual?.confusion[cell] === count);
  return isSame ? relative(actual?.lossSum, expected.lossSum) : Number.POSITIVE_INFINITY;
}

function larger(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((value, index) => Math.max(value, b[index] ?? 0));
}

/** What a run may differ by: so many spreads, within the floor and the ceilings. */
export function runTolerance(
  spread: RunDistance,
  { factor, floor, lossCeiling, updateCeiling }: TrajectoryTolerances,
): RunDistance {
  const allowed = (distance: number, ceiling: number): number =>
    Math.min(ceiling, Math.max(floor, factor * distance));
  let grown = 0;
  return {
    // A loss may be as far off as any before it: what one step loses the next does not win back.
    losses: spread.losses.map((loss) => {
      grown = Math.max(grown, loss);
      return allowed(grown, lossCeiling);
    }),
    evaluations: spread.evaluations.map((loss) => allowed(Math.max(loss, ...spread.losses), lossCeiling)),
    tensors: new Map([...spread.tensors].map(([name, far]) => [name, allowed(far, updateCeiling)])),
    logits: allowed(spread.logits, lossCeiling),
  };
}

/** Whether rounding decides a run: what its spreads allow is over a ceiling. */
export function isTooLong(
  { losses, evaluations, tensors, logits }: RunDistance,
  { factor, lossCeiling, updateCeiling }: TrajectoryTolerances,
): boolean {
  return (
    factor * Math.max(logits, ...losses, ...evaluations) > lossCeiling ||
    factor * Math.max(...tensors.values()) > updateCeiling
  );
}
