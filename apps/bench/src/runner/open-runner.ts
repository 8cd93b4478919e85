import { summarize } from "@nin/spec";
import type { Contestant } from "../contestants/contestant.js";
import { consensus } from "../gate/consensus.js";
import { judge } from "../gate/judge.js";
import { knownAnswer } from "../gate/oracle.js";
import { GATE_TOLERANCES } from "../gate/tolerances.js";
import { gateImagesOf } from "../material/material.js";
import { ContestantProcess } from "../protocol/contestant-process.js";
import type { GateAnswer } from "../protocol/messages.js";
import { caseName } from "../result/case-name.js";
import type { CaseContext, CasePlan } from "./options.js";
import { endRunner, endWithError, type Runner } from "./runner.js";

/** Has a contestant compile and answer the gate; takes it out where it fails. */
export async function openRunner(
  runner: Runner,
  plan: CasePlan,
  { report, openings }: CaseContext,
  timeoutMs: number,
): Promise<void> {
  report(caseName(plan), `${runner.contestant.id}: starting, compiling, checking`);
  const { startedAt } = runner.process;
  let startMs: number | undefined;
  try {
    const opened = await runner.process.ask({ do: "open" }, timeoutMs);
    startMs = performance.now() - startedAt;
    const { loadMs, compileMs } = opened;
    runner.opened = opened;
    runner.coldStart = { startMs, loadMs, compileMs, firstStepMs: Number.NaN };
    runner.answer = await runner.process.ask({ do: "check" }, timeoutMs);
  } catch (error) {
    endWithError(runner, error);
  }
  const allMs = performance.now() - startedAt;
  const opening = { startMs: startMs ?? allMs, checkMs: allMs - (startMs ?? allMs) };
  openings.record(runner.contestant.id, gateWork(plan), opening);
}

/** Multiply-accumulates of a prediction of what the gate looks at. */
export function gateWork({ architecture, batch }: CasePlan): number {
  return gateImagesOf(batch) * summarize(architecture).macs;
}

/** Takes out whoever is wrong. */
export async function judgeAll(
  plan: CasePlan,
  runners: readonly Runner[],
  { recipe }: Pick<CaseContext, "recipe">,
): Promise<void> {
  const { architecture, batch, precision } = plan;
  const answered = runners.filter(
    (runner): runner is Runner & { answer: GateAnswer } => runner.answer !== undefined,
  );
  for (const dropout of ["counter", "off"] as const) {
    const group = answered.filter(({ answer }) => answer.dropout === dropout);
    if (group.length === 0) continue;
    const known = await knownAnswer({ architecture, recipe, images: gateImagesOf(batch), dropout });
    const agreed = consensus(
      group.map(({ answer }) => answer),
      GATE_TOLERANCES[precision],
    );
    const expectation = known?.expectation ?? agreed;
    for (const runner of group) {
      if (expectation === undefined) {
        runner.flags.push(
          "unconfirmed: nothing to compare with, the network is too large for the float64 reference",
        );
        continue;
      }
      const verdict = judge(runner.answer, expectation, runner.allowed);
      runner.gate = { ...verdict, against: known?.by ?? "the other contestants" };
      if (verdict.wrong !== undefined) endRunner(runner, "wrong", verdict.wrong);
    }
  }
}

/** A contestant's process, of which nothing was asked yet. */
export function startRunner(
  contestant: Contestant,
  job: string,
  { precision }: CasePlan,
  signal: AbortSignal,
): Runner {
  return {
    contestant,
    process: new ContestantProcess(contestant.command, job),
    allowed: GATE_TOLERANCES[precision],
    signal,
    stepsPerSlice: 1,
    steps: 0,
    losses: [],
    slices: [],
    flags: [],
  };
}
