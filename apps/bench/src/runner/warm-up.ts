import { earlyReturn, type ScoresNorm, type Slice, skippedWork, stoppedTraining } from "./honesty.js";
import type { Pace } from "./options.js";
import { runSlice } from "./run-slice.js";
import { endRunner, endWithError, type Runner } from "./runner.js";

export interface WarmUpLimits {
  readonly pace: Pace;
  /** What the contestant may take of the case's time, its slices included. */
  readonly shareMs: number;
  /** What is left of the case. */
  readonly timeLeft: () => number;
  readonly scoresNorm?: ScoresNorm;
}

/** Time a step of two runs in a row differs by less: it is warm. */
const STABLE = 0.1;
const LEAST_RUNS = 3;
/** For looking at the steps' times alone. */
const RESTED = { firstMs: 0, secondMs: 0 };
/** As the gate does. */
const CHECKED_STEPS = 2;
const MOST_RUNS = 12;
/** Of its share. */
const WARM_UP_SHARE = 0.35;

/**
 * Runs steps until their time is stable, chooses how many fill a slice, and looks for work that was
 * skipped or that goes on after the answer. Takes the contestant out when it is too slow or caught.
 */
export async function warmUp(runner: Runner, limits: WarmUpLimits): Promise<void> {
  const { pace, shareMs, timeLeft, scoresNorm } = limits;
  const begin = performance.now();
  const slices: Slice[] = [];
  let steps = 1;
  while (slices.length < MOST_RUNS) {
    const slice = await runSlice(runner, steps, timeLeft(), scoresNorm);
    if (slice === undefined) return;
    slices.push(slice);
    if (slices.length === 1 && runner.coldStart !== undefined) {
      runner.coldStart = { ...runner.coldStart, firstStepMs: slice.answer.elapsedMs };
    }
    if (runner.steps === CHECKED_STEPS) await lookAtFirstSteps(runner, limits);
    if (runner.ended !== undefined) return;
    const late = performance.now() - begin > WARM_UP_SHARE * shareMs;
    if (slices.length >= 2 && late) break;
    if (slices.length >= LEAST_RUNS && isStable(slices) && slice.answer.elapsedMs > pace.sliceMs / 4) break;
    if (earlyReturn(slices, RESTED) !== undefined) break;
    if (slices.length >= CHECKED_STEPS && slice.answer.elapsedMs < pace.sliceMs / 2) steps *= 2;
  }
  await lookForLies(runner, slices, limits);
  const stepMs = msPerStep(slices.at(-1));
  if (runner.ended === undefined && stepMs * pace.minRounds > shareMs) {
    endRunner(
      runner,
      "slow",
      `a step takes ${(stepMs / 1000).toFixed(1)} s, and ${pace.minRounds} rounds more than its part of the time`,
    );
  }
  runner.stepsPerSlice = Math.max(1, Math.round(pace.sliceMs / stepMs));
}

async function lookAtFirstSteps(runner: Runner, { timeLeft }: WarmUpLimits): Promise<void> {
  if (runner.losses.length === 0) return;
  try {
    runner.firstProbe = await runner.process.ask({ do: "probe" }, timeLeft());
    const lie = skippedWork(runner.firstProbe, runner.steps, runner.answer?.updates ?? {});
    if (lie !== undefined) endRunner(runner, "wrong", lie);
  } catch (error) {
    endWithError(runner, error);
  }
}

async function lookForLies(
  runner: Runner,
  slices: readonly Slice[],
  { timeLeft, scoresNorm }: WarmUpLimits,
): Promise<void> {
  try {
    if ((await earlyNow(runner, slices, timeLeft())) === undefined) return;
    // Once may be a pause of the machine's.
    const last = slices.at(-1);
    if (last === undefined) return;
    const again = await runSlice(runner, last.steps, timeLeft(), scoresNorm);
    if (again === undefined) return;
    const lie = await earlyNow(runner, [...slices, again], timeLeft());
    if (lie !== undefined) endRunner(runner, "wrong", lie);
  } catch (error) {
    endWithError(runner, error);
  }
}

/** Looks right after a slice; also whether training went on at all. */
async function earlyNow(
  runner: Runner,
  slices: readonly Slice[],
  timeoutMs: number,
): Promise<string | undefined> {
  const first = performance.now();
  const probe = await runner.process.ask({ do: "probe" }, timeoutMs);
  const second = performance.now();
  await runner.process.ask({ do: "probe" }, timeoutMs);
  const probes = { firstMs: second - first, secondMs: performance.now() - second };
  const { firstProbe, steps } = runner;
  const stopped = firstProbe === undefined ? undefined : stoppedTraining(probe, steps, firstProbe);
  return earlyReturn(slices, probes) ?? stopped;
}

function isStable(slices: readonly Slice[]): boolean {
  const [before, last] = slices.slice(-2).map(msPerStep);
  return before !== undefined && last !== undefined && Math.abs(last / before - 1) < STABLE;
}

function msPerStep(slice: Slice | undefined): number {
  return slice === undefined ? Number.NaN : slice.answer.elapsedMs / slice.steps;
}
