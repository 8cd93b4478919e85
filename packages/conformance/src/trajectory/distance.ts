import type { Evaluation } from "@nin/backend";
import { at, entry } from "@nin/spec";
import type { TrajectoryTolerances } from "../case/tolerances.js";
import { relative } from "../check/check.js";
import { relativeL2 } from "../check/tensors.js";
import type { RunOutcome } from "./outcome.js";

/** How far apart two runs are, or may be. */
export interface RunDistance {
  /** The distance of the loss of each step. Units: relative. */
  readonly losses: readonly number[];
  /** The distance of each evaluation's sum of losses; infinite where a predicted class differs. Units: relative. */
  readonly evaluations: readonly number[];
  /** The distance of each tensor. Units: relative L2. */
  readonly tensors: ReadonlyMap<string, number>;
  /** The distance of the probe's scores. Units: relative L2. */
  readonly logits: number;
}

/**
 * The distance of `actual` from `expected`, two runs of the same plan: `checkRun` first makes sure that nothing is
 * missing.
 */
export function runDistance(actual: RunOutcome, expected: RunOutcome): RunDistance {
  const tensors = [...expected.tensors].map(
    ([name, { data }]) => [name, relativeL2(entry(actual.tensors, name).data, data)] as const,
  );
  return {
    losses: expected.losses.map((loss, step) => relative(at(actual.losses, step), loss)),
    evaluations: expected.evaluations.map((evaluation, index) =>
      evaluationDistance(at(actual.evaluations, index), evaluation),
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
    tensors: new Map(
      [...a.tensors].map(([name, distance]) => [name, Math.max(distance, entry(b.tensors, name))]),
    ),
    logits: Math.max(a.logits, b.logits),
  };
}

/** Whether each number is at most `share` of what is allowed. */
export function isWithin(distance: RunDistance, allowed: RunDistance, share: number): boolean {
  const { losses, evaluations, tensors, logits } = distance;
  return (
    losses.every((loss, step) => loss <= share * at(allowed.losses, step)) &&
    evaluations.every((loss, index) => loss <= share * at(allowed.evaluations, index)) &&
    [...tensors].every(([name, tensor]) => tensor <= share * entry(allowed.tensors, name)) &&
    logits <= share * allowed.logits
  );
}

/** The largest number of all. */
export function largestOf({ losses, evaluations, tensors, logits }: RunDistance): number {
  return Math.max(logits, ...losses, ...evaluations, ...tensors.values());
}

function evaluationDistance(actual: Evaluation, expected: Evaluation): number {
  const isSame = expected.confusion.every((count, cell) => actual.confusion[cell] === count);
  return isSame ? relative(actual.lossSum, expected.lossSum) : Number.POSITIVE_INFINITY;
}

function larger(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((value, index) => Math.max(value, at(b, index)));
}

/** How far a run may be from the oracle's: `factor` spreads, within the floor and the ceilings. */
export function runTolerance(
  spread: RunDistance,
  { factor, floor, lossCeiling, updateCeiling }: TrajectoryTolerances,
): RunDistance {
  const allowed = (distance: number, ceiling: number): number =>
    Math.min(ceiling, Math.max(floor, factor * distance));
  let grown = 0;
  return {
    // A loss may be as far off as any before it: later steps do not undo what an earlier one did.
    losses: spread.losses.map((loss) => {
      grown = Math.max(grown, loss);
      return allowed(grown, lossCeiling);
    }),
    evaluations: spread.evaluations.map((loss) => allowed(Math.max(loss, ...spread.losses), lossCeiling)),
    tensors: new Map([...spread.tensors].map(([name, far]) => [name, allowed(far, updateCeiling)])),
    logits: allowed(spread.logits, lossCeiling),
  };
}

/** Whether rounding decides a run, so that it proves nothing: the allowed spreads exceed a ceiling. */
export function isTooLong(
  { losses, evaluations, tensors, logits }: RunDistance,
  { factor, lossCeiling, updateCeiling }: TrajectoryTolerances,
): boolean {
  return (
    factor * Math.max(logits, ...losses, ...evaluations) > lossCeiling ||
    factor * Math.max(...tensors.values()) > updateCeiling
  );
}
