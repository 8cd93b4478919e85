import { relativeL2 } from "../check/relative-l2.js";
import type { RunOutcome } from "./outcome.js";

/** How far two runs are apart, or how far they may be. */
export interface RunDistance {
  /** Of each step's loss, relative. */
  readonly losses: readonly number[];
  /** Of each tensor, relative L2. */
  readonly tensors: ReadonlyMap<string, number>;
  /** Relative L2. */
  readonly logits: number;
}

/** The distance of `actual` from `expected`; what is missing is infinitely far. */
export function runDistance(actual: RunOutcome, expected: RunOutcome): RunDistance {
  const losses = expected.losses.map((loss, step) => {
    const error = Math.abs((actual.losses[step] ?? Number.NaN) - loss);
    return error === 0 ? 0 : error / Math.abs(loss);
  });
  const tensors = [...expected.tensors].map(([name, { data }]): [string, number] => {
    const given = actual.tensors.get(name)?.data;
    return [name, given === undefined ? Number.POSITIVE_INFINITY : relativeL2(given, data)];
  });
  return {
    losses,
    tensors: new Map(tensors),
    logits: relativeL2(actual.logits.data, expected.logits.data),
  };
}

/** The larger of each number. */
export function largerDistance(a: RunDistance, b: RunDistance): RunDistance {
  return {
    losses: a.losses.map((loss, step) => Math.max(loss, b.losses[step] ?? 0)),
    tensors: new Map([...a.tensors].map(([name, far]) => [name, Math.max(far, b.tensors.get(name) ?? 0)])),
    logits: Math.max(a.logits, b.logits),
  };
}
