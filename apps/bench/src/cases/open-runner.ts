import { summarize } from "@nin/spec";
import type { Contestant } from "../implementations/implementation";
import { consensus } from "../correctness/consensus";
import { judge } from "../correctness/judge";
import { knownAnswer } from "../correctness/oracle";
import { GATE_TOLERANCES } from "../correctness/tolerances";
import { gateImagesOf } from "../workload/workload";
import { ContestantProcess } from "../protocol/implementation-process";
import type { GateAnswer } from "../protocol/messages";
import { caseName } from "../result/case-name";
import type { CaseContext, CasePlan } from "./case-context";
import { endRunner, endWithError, type Runner } from "./runner";

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
