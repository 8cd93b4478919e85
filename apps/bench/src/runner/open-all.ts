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

/** Starts every contestant in a process of its own, one after another, and has it compile and answer the gate. */
export async function openAll(
  plan: CasePlan,
  job: string,
  contestants: readonly Contestant[],
  { report, signal }: CaseContext,
  timeLeft: () => number,
): Promise<readonly Runner[]> {
  const section = caseName(plan);
  const runners: Runner[] = [];
  for (const contestant of contestants) {
    if (signal.aborted) break;
    report(section, `${contestant.id}: starting, compiling, checking`);
    const runner = startRunner(contestant, job, plan, signal);
    runners.push(runner);
    const kill = (): void => runner.process.kill();
    signal.addEventListener("abort", kill, { once: true });
    try {
      const opened = await runner.process.ask({ do: "open" }, timeLeft());
      const startMs = performance.now() - runner.process.startedAt;
      const { loadMs, compileMs } = opened;
      runner.opened = opened;
      runner.coldStart = { startMs, loadMs, compileMs, firstStepMs: Number.NaN };
      runner.answer = await runner.process.ask({ do: "check" }, timeLeft());
    } catch (error) {
      endWithError(runner, error);
    }
  }
  return runners;
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
