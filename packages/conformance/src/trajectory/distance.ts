import { relativeL2 } from "../check/relative-l2.js";
import type { RunOutcome } from "./outcome.js";

/** How far two runs are apart, or how far they may be. */
export interface RunDistance {
  /** Of each step's loss, relative. */
  readonly losses: readonly number[];
  /** Of each evaluation's sum of losses, relative. */
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
    losses: relative(actual.losses, expected.losses),
    evaluations: relative(lossSums(actual), lossSums(expected)),
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

/** The largest number of all. */
export function largestOf({ losses, evaluations, tensors, logits }: RunDistance): number {
  return Math.max(logits, ...losses, ...evaluations, ...tensors.values());
}

function lossSums({ evaluations }: RunOutcome): readonly number[] {
  return evaluations.map(({ lossSum }) => lossSum);
}

function relative(actual: readonly number[], expected: readonly number[]): readonly number[] {
  return expected.map((value, index) => {
    const given = actual[index];
    if (given === undefined) return Number.POSITIVE_INFINITY;
    return given === value ? 0 : Math.abs(given - value) / Math.abs(value);
  });
}

function larger(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((value, index) => Math.max(value, b[index] ?? 0));
}
