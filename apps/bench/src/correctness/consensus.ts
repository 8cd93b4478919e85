import type { GateAnswer } from "../protocol/messages";
import { type Expectation, judge } from "./judge";
import type { GateTolerance } from "./tolerances";

/**
 * What most agree on, where no oracle is affordable: the answer that the most others are within
 * tolerance of. Undefined where no two agree: then nobody is known to be right.
 */
export function consensus(answers: readonly GateAnswer[], allowed: GateTolerance): Expectation | undefined {
  let best: { readonly answer: GateAnswer; readonly agreeing: number } | undefined;
  for (const answer of answers) {
    const agreeing = answers.filter(
      (other) =>
        other !== answer &&
        other.dropout === answer.dropout &&
        judge(other, answer, allowed).wrong === undefined,
    ).length;
    if (agreeing > (best?.agreeing ?? 0)) best = { answer, agreeing };
  }
  return best?.answer;
}
