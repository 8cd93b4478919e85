import type { Contestant } from "../implementations/implementation";
import { Material } from "../workload/workload";
import type { LayerBreakdown, LayerTime } from "../result/format";
import { startRunner } from "../cases/open-runner";
import type { CaseContext, CasePlan } from "../cases/case-context";
import { runRounds } from "../cases/rounds";
import { endWithError, type Runner } from "../cases/runner";
import { warmUp } from "../cases/warm-up";
import { summaryOf } from "../statistics/summary";
import { type Prefix, prefixesOf } from "./prefixes";

const OPEN_MS = 60_000;

/**
 * What each layer adds to a contestant's training step: the prefixes of the network, each in a process
 * of its own, in turn. A reason where it cannot be told.
 */
export async function measureLayers(
  plan: CasePlan,
  contestant: Contestant,
  context: CaseContext,
  budgetMs: number,
): Promise<LayerBreakdown | string> {
  const begin = performance.now();
  const timeLeft = (): number => begin + budgetMs - performance.now();
  const prefixes = prefixesOf(plan.architecture, plan.batch);
  const materials: Material[] = [];
  const runners: Runner[] = [];
  const kill = (): void => {
    for (const { process } of runners) process.kill();
  };
  context.signal.addEventListener("abort", kill);
  const pace = { ...context.pace, sliceMs: context.pace.sliceMs / 4 };
  const section = `${plan.model}, batch ${plan.batch}, layers of ${contestant.id}`;
  try {
    for (const prefix of prefixes) {
      if (context.signal.aborted) return "interrupted";
      context.report(section, `up to ${prefix.name}: starting`);
      const material = await Material.write(prefix.architecture, context.recipe, plan.batch);
      materials.push(material);
      runners.push(await openPrefix(material, plan, contestant, context));
    }
    const wasted = runners.find(({ ended }) => ended !== undefined);
    if (wasted !== undefined) return reasonOf(wasted);
    const shareMs = timeLeft() / prefixes.length;
    for (const runner of runners) {
      context.report(section, "warming up");
      const limits = { pace, shareMs, timeLeft: () => Math.max(shareMs, OPEN_MS) };
      await warmUp(runner, limits);
      if (runner.ended !== undefined) break;
    }
    const slow = runners.find(({ ended }) => ended !== undefined);
    if (slow !== undefined) return reasonOf(slow);
    const onSlice = (_: Runner, round: number): void => context.report(section, `round ${round + 1}`);
    await runRounds(runners, { pace, timeLeft, signal: context.signal, onSlice });
    const failed = runners.find(({ ended }) => ended !== undefined);
    if (failed !== undefined) return reasonOf(failed);
    if (runners.some(({ slices }) => slices.length === 0)) return "interrupted";
    return {
      model: plan.model,
      batch: plan.batch,
      contestant: contestant.id,
      rows: rowsOf(prefixes, runners),
    };
  } finally {
    context.signal.removeEventListener("abort", kill);
    kill();
    for (const material of materials) await material.remove();
  }
}

async function openPrefix(
  material: Material,
  plan: CasePlan,
  contestant: Contestant,
  { threads, signal }: CaseContext,
): Promise<Runner> {
  const { batch, precision } = plan;
  const job = await material.job({ mode: "train", batch, threads, precision });
  const runner = startRunner(contestant, job, plan, signal);
  try {
    runner.opened = await runner.process.ask({ do: "open" }, OPEN_MS);
  } catch (error) {
    endWithError(runner, error);
  }
  return runner;
}

function reasonOf({ ended }: Runner): string {
  return ended?.reason ?? "interrupted";
}

function rowsOf(prefixes: readonly Prefix[], runners: readonly Runner[]): readonly LayerTime[] {
  const times = runners.map(({ slices }) => slices.map(({ steps, answer }) => answer.elapsedMs / steps));
  return prefixes.map(({ name, kind, flops, bytes }, index) => {
    const shorter = times[index - 1];
    const added = (times[index] ?? []).map((ms, round) => ms - (shorter?.[round] ?? 0));
    return { name, kind, flops, bytes, elapsedMs: summaryOf(added) };
  });
}
