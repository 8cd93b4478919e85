import { GATE_IMAGES, Material } from "../workload/workload";
import { l2Norm } from "../workload/norms";
import { caseName } from "../result/case-name";
import type { CaseResult, Entry } from "../result/format";
import { ratiosOf } from "../result/ratios";
import { trafficOf } from "../workload/traffic";
import { measuredEntry } from "./entry";
import { leak, type ScoresNorm, slowClock, stoppedTraining } from "./validity";
import { gateWork, judgeAll, openRunner, startRunner } from "./open-runner";
import type { CaseContext, CasePlan } from "./case-context";
import { runRounds } from "./rounds";
import { endedEntry, endRunner, endWithError, type Runner } from "./runner";
import { warmUp } from "./warm-up";

/** What opening and checking may take of a case's time: of all, and of one that is known to take long. */
const OPENING_SHARE = 0.6;
const ONE_OPENING_SHARE = 0.25;
const LEAST_OPENING_MS = 45_000;
const LEAST_ONE_OPENING_MS = 8000;
/** What the race has at least, however long opening took: later cases have less then. */
const RACE_SHARE = 0.4;
const PROBE_TIMEOUT_MS = 60_000;

/**
 * Measures one case within `budgetMs`: everyone is started, checked and warmed up, then they run in
 * turn. Whoever is wrong is reported so, without a time.
 */
export async function runCase(plan: CasePlan, context: CaseContext, budgetMs: number): Promise<CaseResult> {
  const { line, recipe, threads, data } = context;
  const begin = performance.now();
  const openingLeft = (): number =>
    Math.max(LEAST_OPENING_MS, OPENING_SHARE * (begin + budgetMs - performance.now()));
  const able = line.contestants.filter(
    ({ modes, precisions }) => modes.includes(plan.mode) && precisions.includes(plan.precision),
  );
  const material = await Material.write(plan.architecture, recipe, plan.batch);
  const runners: Runner[] = [];
  const leftOut: Entry[] = [];
  const kill = (): void => {
    for (const { process } of runners) process.kill();
  };
  context.signal.addEventListener("abort", kill);
  try {
    const { mode, batch, precision } = plan;
    const job = await material.job({
      mode,
      batch,
      threads,
      precision,
      ...(mode === "epoch" ? { data } : {}),
    });
    for (const contestant of able) {
      if (context.signal.aborted) break;
      const expectedMs = context.openings.expected(contestant.id, gateWork(plan));
      if (expectedMs > Math.max(LEAST_ONE_OPENING_MS, ONE_OPENING_SHARE * budgetMs)) {
        leftOut.push(tooLongToOpen(contestant.id, expectedMs));
        continue;
      }
      const runner = startRunner(contestant, job, plan, context.signal);
      runners.push(runner);
      await openRunner(runner, plan, context, openingLeft());
    }
    await judgeAll(plan, runners, context);
    const end = Math.max(begin + budgetMs, performance.now() + RACE_SHARE * budgetMs);
    await race(plan, runners, context, () => end - performance.now());
    return resultOf(plan, runners, leftOut);
  } finally {
    context.signal.removeEventListener("abort", kill);
    kill();
    await material.remove();
  }
}

async function race(
  plan: CasePlan,
  runners: readonly Runner[],
  context: CaseContext,
  timeLeft: () => number,
): Promise<void> {
  const { pace, signal, report } = context;
  const section = caseName(plan);
  const racing = runners.filter(({ ended }) => ended === undefined);
  const shareMs = timeLeft() / Math.max(1, racing.length);
  for (const runner of racing) {
    if (signal.aborted) return;
    report(section, `${runner.contestant.id}: warming up`);
    await warmUp(runner, { pace, shareMs, timeLeft: () => shareMs, ...normOf(plan, runner) });
  }
  await runRounds(racing, {
    pace,
    timeLeft,
    signal,
    onSlice: ({ contestant }, round) => report(section, `round ${round + 1}, ${contestant.id}`),
  });
  for (const runner of racing) {
    if (runner.ended === undefined && !signal.aborted) await lookBack(runner);
  }
}

/** The norm that a whole batch's scores have: those of the gate's images, repeated. */
function normOf(
  { mode, batch }: CasePlan,
  { answer, allowed }: Runner,
): { readonly scoresNorm?: ScoresNorm } {
  if (mode !== "forward" || answer === undefined || batch % GATE_IMAGES !== 0) return {};
  const expected = Math.sqrt(batch / GATE_IMAGES) * l2Norm(answer.scores);
  return { scoresNorm: { expected, allowed: allowed.scores } };
}

async function lookBack(runner: Runner): Promise<void> {
  const found = leak(runner.slices);
  if (found !== undefined) runner.flags.push(found);
  const slow = slowClock(runner.slices);
  if (slow !== undefined) return endRunner(runner, "wrong", slow);
  if (runner.firstProbe === undefined) return;
  try {
    const probe = await runner.process.ask({ do: "probe" }, PROBE_TIMEOUT_MS);
    const lie = stoppedTraining(probe, runner.steps, runner.firstProbe);
    if (lie !== undefined) endRunner(runner, "wrong", lie);
  } catch (error) {
    endWithError(runner, error);
  }
}

function tooLongToOpen(contestant: string, openingMs: number): Entry {
  const reason = `starting and checking it would take some ${(openingMs / 1000).toFixed(0)} s, more than its part of the time`;
  return { contestant, status: "slow", reason, versions: {}, flags: [], losses: [] };
}

function resultOf(plan: CasePlan, runners: readonly Runner[], leftOut: readonly Entry[]): CaseResult {
  const { model, batch, precision, mode, architecture } = plan;
  const { flops: flopsPerImage, bytes } = trafficOf(architecture, batch, mode);
  const entries = runners.map((runner): Entry => {
    const isMeasured = runner.ended === undefined && runner.slices.length > 0;
    return isMeasured ? measuredEntry(runner, batch, flopsPerImage) : endedEntry(runner);
  });
  return {
    model,
    batch,
    precision,
    mode,
    flopsPerImage,
    bytesPerImage: bytes / batch,
    entries: [...entries, ...leftOut],
    ratios: ratiosOf(entries),
  };
}
