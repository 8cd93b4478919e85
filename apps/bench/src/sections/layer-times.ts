import { at } from "@nin/spec";
import type { CaseContext, CasePlan } from "../cases/case-context.js";
import { startRunner } from "../cases/open-runner.js";
import { runRounds } from "../cases/rounds.js";
import { endWithError, type Runner } from "../cases/runner.js";
import { warmUp } from "../cases/warm-up.js";
import type { Implementation } from "../implementations/targets.js";
import type { CaseResult, LayerBreakdown, LayerTime } from "../result/format.js";
import { summaryOf } from "../result/statistics.js";
import { Workload } from "../workload/workload.js";
import { type Prefix, prefixesOf } from "./prefixes.js";

/**
 * The implementations whose layers are timed: the backends that were measured on the network, in a quick run only
 * the fastest on each hardware. All backends where the network was not measured.
 */
export function chooseForLayers(
  implementations: readonly Implementation[],
  cases: readonly CaseResult[],
  model: string,
  onlyFastest: boolean,
): readonly Implementation[] {
  const own = implementations.filter(({ kind }) => kind === "backend");
  const training = cases.find((of) => of.model === model && of.mode === "train");
  if (training === undefined) return own;
  const measured = own.flatMap((backend) => {
    const entry = training.entries.find(({ implementation }) => implementation === backend.id);
    const speed = entry?.measured?.imagesPerSecond.median;
    return speed === undefined ? [] : [{ backend, speed }];
  });
  const isFastest = ({ backend, speed }: (typeof measured)[number]): boolean =>
    measured.every((other) => other.backend.hardware !== backend.hardware || other.speed <= speed);
  return measured.filter((one) => !onlyFastest || isFastest(one)).map(({ backend }) => backend);
}

const OPEN_MS = 60_000;

/**
 * What each layer adds to an implementation's training step: the prefixes of the network, each in a process
 * of its own, in turn. A reason where it cannot be measured.
 */
export async function measureLayers(
  plan: CasePlan,
  implementation: Implementation,
  context: CaseContext,
  budgetMs: number,
): Promise<LayerBreakdown | string> {
  const begin = performance.now();
  const prefixes = prefixesOf(plan.architecture, plan.batch);
  const workloads: Workload[] = [];
  const runners: Runner[] = [];
  const kill = (): void => {
    for (const { process } of runners) process.kill();
  };
  context.signal.addEventListener("abort", kill);
  const section = `${plan.model}, batch ${plan.batch}, layers of ${implementation.id}`;
  try {
    for (const prefix of prefixes) {
      if (context.signal.aborted) return "interrupted";
      context.report(section, `up to ${prefix.name}: starting`);
      const workload = await Workload.write(prefix.architecture, context.recipe, plan.batch);
      workloads.push(workload);
      runners.push(await openPrefix(workload, plan, implementation, context));
    }
    const timeLeft = (): number => begin + budgetMs - performance.now();
    const failure = firstFailure(runners) ?? (await timePrefixes(runners, context, section, timeLeft));
    if (failure !== undefined) return failure;
    if (runners.some(({ slices }) => slices.length === 0)) return "interrupted";
    const { model, batch } = plan;
    return { model, batch, implementation: implementation.id, rows: rowsOf(prefixes, runners) };
  } finally {
    context.signal.removeEventListener("abort", kill);
    kill();
    for (const workload of workloads) await workload.remove();
  }
}

/** Warms all prefixes up and runs them in turn. The reason of the first failure, if there was one. */
async function timePrefixes(
  runners: readonly Runner[],
  context: CaseContext,
  section: string,
  timeLeft: () => number,
): Promise<string | undefined> {
  const pace = { ...context.pace, sliceMs: context.pace.sliceMs / 4 };
  const shareMs = timeLeft() / runners.length;
  for (const runner of runners) {
    context.report(section, "warming up");
    const limits = { pace, shareMs, timeLeft: () => Math.max(shareMs, OPEN_MS), scoresNorm: undefined };
    await warmUp(runner, limits);
    const failure = firstFailure([runner]);
    if (failure !== undefined) return failure;
  }
  const onSlice = (_: Runner, round: number): void => context.report(section, `round ${round + 1}`);
  const limits = { pace, timeLeft, signal: context.signal, scoresNorm: () => undefined, onSlice };
  await runRounds(runners, limits);
  return firstFailure(runners);
}

async function openPrefix(
  workload: Workload,
  plan: CasePlan,
  implementation: Implementation,
  { threads, signal }: CaseContext,
): Promise<Runner> {
  const { batch, precision } = plan;
  const job = await workload.job({ mode: "train", batch, threads, precision });
  const runner = startRunner(implementation, job, plan, signal);
  try {
    runner.opened = await runner.process.ask({ do: "open" }, OPEN_MS);
  } catch (error) {
    endWithError(runner, error);
  }
  return runner;
}

function firstFailure(runners: readonly Runner[]): string | undefined {
  return runners.find(({ ended }) => ended !== undefined)?.ended?.reason;
}

function rowsOf(prefixes: readonly Prefix[], runners: readonly Runner[]): readonly LayerTime[] {
  const times = runners.map(({ slices }) => slices.map(({ steps, answer }) => answer.elapsedMs / steps));
  return prefixes.map(({ name, kind, flops, bytes }, index) => {
    const shorter = index === 0 ? undefined : at(times, index - 1);
    const added = at(times, index).map((ms, round) => ms - (shorter === undefined ? 0 : at(shorter, round)));
    return { name, kind, flops, bytes, elapsedMs: summaryOf(added) };
  });
}
