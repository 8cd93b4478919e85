import { l2Norm } from "../workload/norms";
import type { GateAnswer } from "../protocol/messages";
import type { GateTolerance } from "./tolerances";

/** What is right: the oracle's answer. */
export type Expectation = Pick<GateAnswer, "scores" | "losses" | "updates">;

/** How far an answer is from what is right; `wrong` says where it is too far. */
export interface Verdict {
  /** Relative L2. */
  readonly scores: number;
  /** The largest relative difference. */
  readonly losses: number;
  /** The largest relative difference of a norm. */
  readonly updates: number;
  readonly wrong?: string;
}

/** Updates below this part of the largest are roundings. */
const NEGLIGIBLE = 1e-6;

/** Compares an answer with what is right. A number that is not finite is wrong. */
export function judge(answer: GateAnswer, expected: Expectation, allowed: GateTolerance): Verdict {
  const distances = {
    scores: relativeL2(answer.scores, expected.scores),
    losses: Math.max(...expected.losses.map((loss, step) => relative(answer.losses[step], loss))),
    updates: updateDistance(answer.updates, expected.updates),
  };
  const parts = (["scores", "losses", "updates"] as const).filter(
    // Not `>`, so that a NaN fails too.
    (part) => !(distances[part] <= allowed[part]),
  );
  if (parts.length === 0) return distances;
  const wrong = parts.map(
    (part) => `${part} differ by ${distances[part].toExponential(1)}, allowed ${allowed[part]}`,
  );
  return { ...distances, wrong: wrong.join("; ") };
}

function updateDistance(actual: GateAnswer["updates"], expected: GateAnswer["updates"]): number {
  const floor = NEGLIGIBLE * Math.max(...Object.values(expected));
  const distances = Object.entries(expected).map(([name, norm]) =>
    norm < floor ? 0 : relative(actual[name], norm),
  );
  return Math.max(0, ...distances);
}

function relative(actual: number | undefined, expected: number): number {
  return actual === undefined ? Number.NaN : Math.abs(actual - expected) / Math.abs(expected);
}

function relativeL2(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.NaN;
  return l2Norm(actual.map((value, index) => value - (expected[index] ?? 0))) / l2Norm(expected);
}
