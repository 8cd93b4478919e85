import type { MixedFactors, Precision } from "@nin/backend";
import type { CheckAnswer } from "../protocol/messages.js";
import { relativeL2 } from "../workload/norms.js";

/** How far an implementation's results may be from the expected ones. */
export interface Tolerance {
  /** Of each loss, relative. */
  readonly losses: number;
  /** Of the scores, relative L2. */
  readonly scores: number;
  /** Of the norm of each parameter's update, relative to the expected norm. */
  readonly updates: number;
}

/** How an implementation rounds, as far as tolerances know it. */
export interface Rounding {
  readonly precision: Precision;
  /** Of mixed precision; `float16` by default. */
  readonly mixedFactors?: MixedFactors;
  /** Whether factors of float32 products are rounded to TF32. */
  readonly tf32?: boolean;
}

/**
 * In float32, sums of some thousand terms in another order differ by a few 1e-6, Winograd convolutions by some
 * 1e-5, far less than a mistake makes; a ReLU or a pool window that flips changes a parameter's update by some
 * 1e-3. Factors of float16, and those of TF32, differ by 2^-11 (5e-4) each; those of bfloat16 by eight times that, of
 * which an update may be half at most: without any work it would be wrong by all of itself.
 */
const TOLERANCES = {
  float32: { losses: 2e-5, scores: 1e-4, updates: 1e-2 },
  float16: { losses: 2e-3, scores: 2e-2, updates: 2e-1 },
  bfloat16: { losses: 1.6e-2, scores: 1.6e-1, updates: 5e-1 },
} as const;

/** How far an implementation's results may be from the expected ones. */
export function toleranceOf({ precision, mixedFactors = "float16", tf32 = false }: Rounding): Tolerance {
  if (precision === "mixed") return TOLERANCES[mixedFactors];
  return tf32 ? TOLERANCES.float16 : TOLERANCES.float32;
}

/** The right answer, as the oracle gives it. */
export type Expectation = Pick<CheckAnswer, "scores" | "losses" | "updates">;

/** How far an answer is from the right one. */
export interface Verdict {
  /** Relative L2. */
  readonly scores: number;
  /** The largest relative difference of a loss. */
  readonly losses: number;
  /** The largest relative difference of the norm of an update. */
  readonly updates: number;
  /** Which of them is beyond its tolerance; `undefined` for a right answer. */
  readonly wrong?: string;
}

/** Updates below this fraction of the largest one are rounding errors. */
const NEGLIGIBLE = 1e-6;

/** Compares an answer with the right one. A number that is not finite is wrong. */
export function judge(answer: CheckAnswer, expected: Expectation, allowed: Tolerance): Verdict {
  const distances = {
    // JSON has null for a NaN, which would count as 0 otherwise.
    scores: relativeL2(
      answer.scores.map((score: number | null) => score ?? Number.NaN),
      expected.scores,
    ),
    losses: Math.max(...expected.losses.map((loss, step) => relative(answer.losses[step], loss))),
    updates: updateDistance(answer.updates, expected.updates),
  };
  const wrong = [
    ...(["scores", "losses", "updates"] as const).flatMap((part) =>
      beyond(part, distances[part], allowed[part]),
    ),
    ...(["scores", "losses"] as const).flatMap((part) =>
      answer.resident === undefined
        ? []
        : beyond(`${part} of resident images`, answer.resident[part], allowed[part]),
    ),
  ];
  return wrong.length === 0 ? distances : { ...distances, wrong: wrong.join("; ") };
}

/**
 * The answer that most implementations agree on, for networks that are too large for the oracle: the one within
 * tolerance of the most others. `undefined` where no two agree, because then none is known to be right.
 */
export function consensus(answers: readonly CheckAnswer[], allowed: Tolerance): Expectation | undefined {
  const agreeing = answers.map(
    (answer) =>
      answers.filter(
        (other) =>
          other !== answer &&
          other.dropout === answer.dropout &&
          judge(other, answer, allowed).wrong === undefined,
      ).length,
  );
  const most = Math.max(0, ...agreeing);
  return most === 0 ? undefined : answers[agreeing.indexOf(most)];
}

function beyond(what: string, distance: number, allowed: number): readonly string[] {
  // Not `>`, so that a NaN fails too.
  return distance <= allowed ? [] : [`${what} differ by ${distance.toExponential(1)}, allowed ${allowed}`];
}

function updateDistance(actual: CheckAnswer["updates"], expected: CheckAnswer["updates"]): number {
  const floor = NEGLIGIBLE * Math.max(...Object.values(expected));
  const distances = Object.entries(expected).map(([name, norm]) =>
    norm < floor ? 0 : relative(actual[name], norm),
  );
  return Math.max(0, ...distances);
}

/** NaN where there is no actual value: an implementation may leave one out. */
function relative(actual: number | undefined, expected: number): number {
  return actual === undefined ? Number.NaN : Math.abs(actual - expected) / Math.abs(expected);
}
