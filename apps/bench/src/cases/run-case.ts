import { type CaseResult, caseName, type Entry } from "../result/format.js";
import { ratiosOf } from "../result/ratios.js";
import { l2Norm } from "../workload/norms.js";
import { trafficOf } from "../workload/traffic.js";
import { CHECKED_IMAGES, Workload } from "../workload/workload.js";
import { type CaseContext, type CasePlan, identityOf } from "./case-context.js";
import { checkWork, judgeAll, openRunner, startRunner } from "./open-runner.js";
import { runRounds } from "./rounds.js";
import { endedEntry, endRunner, endWithError, measuredEntry, type Runner } from "./runner.js";
import { leak, type ScoresNorm, slowClock, stoppedTraining } from "./validity.js";
import { warmUp } from "./warm-up.js";

/** The fraction of a case's time that starting and checking may take: in all, and of one that is known to be slow. */
const STARTUP_SHARE = 0.6;
const ONE_STARTUP_SHARE = 0.25;
const MIN_STARTUP_MS = 45_000;
const MIN_ONE_STARTUP_MS = 8000;
/** The rounds have at least this fraction, however long starting took; later cases have less time then. */
const ROUNDS_SHARE = 0.4;
const PROBE_TIMEOUT_MS = 60_000;

/**
 * Measures one case within `budgetMs`: all implementations are started, checked and warmed up, then they run in
 * turn. An implementation that is wrong is reported as such, without a time.
 */
export async function runCase(plan: CasePlan, context: CaseContext, budgetMs: number): Promise<CaseResult> {
  const { targets, recipe, threads, data } = context;
  const begin = performance.now();
  const startupTimeLeft = (): number =>
    Math.max(MIN_STARTUP_MS, STARTUP_SHARE * (begin + budgetMs - performance.now()));
  const able = targets.implementations.filter(
    ({ modes, precisions }) => modes.includes(plan.mode) && precisions.includes(plan.precision),
  );
  const workload = await Workload.write(plan.architecture, recipe, plan.batch);
  const runners: Runner[] = [];
  const excluded: Entry[] = [];
  const kill = (): void => {
    for (const { process } of runners) process.kill();
  };
  context.signal.addEventListener("abort", kill);
  try {
    const { mode, batch, precision, resident } = plan;
    const job = await workload.job({
      mode,
      batch,
      threads,
      precision,
      ...(resident === undefined ? {} : { resident }),
      ...(mode === "epoch" ? { data } : {}),
    });
    for (const implementation of able) {
      if (context.signal.aborted) break;
      const expectedMs = context.startupTimes.expected(implementation.id, checkWork(plan));
      if (expectedMs > Math.max(MIN_ONE_STARTUP_MS, ONE_STARTUP_SHARE * budgetMs)) {
        excluded.push(tooLongToStart(implementation.id, expectedMs));
        continue;
      }
      const runner = startRunner(implementation, job, plan, context.signal);
      runners.push(runner);
      await openRunner(runner, plan, context, startupTimeLeft());
    }
    await judgeAll(plan, runners, context);
    const end = Math.max(begin + budgetMs, performance.now() + ROUNDS_SHARE * budgetMs);
    await measure(plan, runners, context, () => end - performance.now());
    return resultOf(plan, runners, excluded);
  } finally {
    context.signal.removeEventListener("abort", kill);
    kill();
    await workload.remove();
  }
}

async function measure(
  plan: CasePlan,
  runners: readonly Runner[],
  context: CaseContext,
  timeLeft: () => number,
): Promise<void> {
  const { pace, signal, report } = context;
  const section = caseName(identityOf(plan));
  const racing = runners.filter(({ ended }) => ended === undefined);
  const shareMs = timeLeft() / Math.max(1, racing.length);
  const scoresNorm = (runner: Runner): ScoresNorm | undefined => scoresNormOf(plan, runner);
  for (const runner of racing) {
    if (signal.aborted) return;
    report(section, `${runner.implementation.id}: warming up`);
    await warmUp(runner, { pace, shareMs, timeLeft: () => shareMs, scoresNorm: scoresNorm(runner) });
  }
  await runRounds(racing, {
    pace,
    timeLeft,
    signal,
    scoresNorm,
    onSlice: ({ implementation }, round) => report(section, `round ${round + 1}, ${implementation.id}`),
  });
  for (const runner of racing) {
    if (runner.ended === undefined && !signal.aborted) await checkAfterwards(runner);
  }
}

/** The norm that a whole batch's scores have: the checked images, repeated. Resident images are others. */
function scoresNormOf(
  { mode, batch, resident }: CasePlan,
  { answer, allowed, implementation }: Runner,
): ScoresNorm | undefined {
  const isOther = resident !== undefined && implementation.kind === "backend";
  if (mode !== "forward" || isOther || answer === undefined || batch % CHECKED_IMAGES !== 0) return undefined;
  const expected = Math.sqrt(batch / CHECKED_IMAGES) * l2Norm(answer.scores);
  return { expected, allowed: allowed.scores };
}

async function checkAfterwards(runner: Runner): Promise<void> {
  const found = leak(runner.slices);
  if (found !== undefined) runner.flags.push(found);
  const slow = slowClock(runner.slices);
  if (slow !== undefined) return endRunner(runner, "wrong", slow);
  if (runner.firstProbe === undefined) return;
  try {
    const probe = await runner.process.ask({ do: "probe" }, PROBE_TIMEOUT_MS);
    const problem = stoppedTraining(probe, runner.steps, runner.firstProbe);
    if (problem !== undefined) endRunner(runner, "wrong", problem);
  } catch (error) {
    endWithError(runner, error);
  }
}

function tooLongToStart(implementation: string, startupMs: number): Entry {
  const reason = `starting and checking it would take some ${(startupMs / 1000).toFixed(0)} s, more than its part of the time`;
  return { implementation, status: "slow", reason, versions: {}, flags: [], losses: [] };
}

function resultOf(plan: CasePlan, runners: readonly Runner[], excluded: readonly Entry[]): CaseResult {
  const { batch, mode, architecture } = plan;
  const { flops: flopsPerImage, bytes } = trafficOf(architecture, batch, mode);
  const entries = runners.map((runner): Entry => {
    const isMeasured = runner.ended === undefined && runner.slices.length > 0;
    return isMeasured ? measuredEntry(runner, batch, flopsPerImage) : endedEntry(runner);
  });
  return {
    ...identityOf(plan),
    flopsPerImage,
    bytesPerImage: bytes / batch,
    entries: [...entries, ...excluded],
    ratios: ratiosOf(entries),
  };
}
