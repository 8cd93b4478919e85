import { summarize } from "@nin/spec";
import { consensus, judge, type Tolerance, toleranceOf } from "../correctness/judge.js";
import { knownAnswer } from "../correctness/oracle.js";
import type { Implementation } from "../implementations/targets.js";
import { ImplementationProcess } from "../protocol/implementation-process.js";
import type { CheckAnswer } from "../protocol/messages.js";
import { caseName } from "../result/format.js";
import { checkedImageCount } from "../workload/workload.js";
import { type CaseContext, type CasePlan, identityOf } from "./case-context.js";
import { endRunner, endWithError, type Runner } from "./runner.js";

/** Starts an implementation's process; nothing is requested of it yet. */
export function startRunner(
  implementation: Implementation,
  job: string,
  { precision }: CasePlan,
  signal: AbortSignal,
): Runner {
  return {
    implementation,
    process: new ImplementationProcess(implementation.command, job),
    allowed: toleranceOf({ ...implementation, precision }),
    signal,
    stepsPerSlice: 1,
    steps: 0,
    losses: [],
    slices: [],
    flags: [],
  };
}

/** Has an implementation compile the network and answer the correctness check; excludes it where it fails. */
export async function openRunner(
  runner: Runner,
  plan: CasePlan,
  { report, startupTimes }: CaseContext,
  timeoutMs: number,
): Promise<void> {
  report(caseName(identityOf(plan)), `${runner.implementation.id}: starting, compiling, checking`);
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
  // One that never opened spent all of it on starting.
  const time = startMs === undefined ? { startMs: allMs, checkMs: 0 } : { startMs, checkMs: allMs - startMs };
  startupTimes.record(runner.implementation.id, checkWork(plan), time);
}

/** The work of a prediction on the checked images. Units: multiply-accumulates. */
export function checkWork({ architecture, batch }: CasePlan): number {
  return checkedImageCount(batch) * summarize(architecture).macs;
}

/** The tolerance by which implementations that round differently agree. */
function coarsest(allowed: readonly Tolerance[]): Tolerance {
  return allowed.reduce((a, b) => (a.scores >= b.scores ? a : b));
}

/** Judges all answers, and excludes the implementations that are wrong. */
export async function judgeAll(
  plan: CasePlan,
  runners: readonly Runner[],
  { recipe }: Pick<CaseContext, "recipe">,
): Promise<void> {
  const { architecture, batch } = plan;
  const answered = runners.filter(
    (runner): runner is Runner & { answer: CheckAnswer } => runner.answer !== undefined,
  );
  for (const dropout of ["counter", "off"] as const) {
    const group = answered.filter(({ answer }) => answer.dropout === dropout);
    if (group.length === 0) continue;
    const known = await knownAnswer({ architecture, recipe, images: checkedImageCount(batch), dropout });
    const agreed = consensus(
      group.map(({ answer }) => answer),
      coarsest(group.map(({ allowed }) => allowed)),
    );
    const expectation = known?.expectation ?? agreed;
    for (const runner of group) {
      if (expectation === undefined) {
        runner.flags.push(
          "unconfirmed: there is nothing to compare with, because the network is too large for the float64 reference",
        );
        continue;
      }
      const verdict = judge(runner.answer, expectation, runner.allowed);
      runner.correctness = { ...verdict, against: known?.by ?? "the other implementations" };
      if (verdict.wrong !== undefined) endRunner(runner, "wrong", verdict.wrong);
    }
  }
}
