import {
  LEAST_TIMES,
  lateResult,
  missingGrowth,
  type ScoresNorm,
  type Slice,
  skippedWork,
  stoppedTraining,
} from "./validity";
import type { Pace } from "./case-context";
import { runSlice } from "./run-slice";
import { endRunner, endWithError, type Runner } from "./runner";

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
/** Time that has grown so many times with four times the steps, twice in a row, and so many times in all, has grown. */
const EVIDENT_GROWTH = 2;
const GROWTH_IN_ALL = 6;
/** What a look at growth may take of the contestant's share. */
const GROWTH_SHARE = 0.2;
/** Of a slice in which growth is looked for. */
const MOST_STEPS = 4096;
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
    if (missingGrowth(slices) !== undefined) break;
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

async function lookForLies(runner: Runner, slices: readonly Slice[], limits: WarmUpLimits): Promise<void> {
  const [last] = slices.slice(-1);
  if (last === undefined) return;
  try {
    let lie = await lookAtRest(runner, last, limits.timeLeft());
    if (lie !== undefined) {
      // Once may be a pause of the machine's.
      const again = await runSlice(runner, last.steps, limits.timeLeft(), limits.scoresNorm);
      if (again === undefined) return;
      lie = await lookAtRest(runner, again, limits.timeLeft());
    }
    lie ??= await lookForGrowth(runner, slices, limits);
    if (lie !== undefined) endRunner(runner, "wrong", lie);
  } catch (error) {
    endWithError(runner, error);
  }
}

/** Right after a slice: is its work done, and did training go on? */
async function lookAtRest(runner: Runner, slice: Slice, timeoutMs: number): Promise<string | undefined> {
  const first = performance.now();
  const probe = await runner.process.ask({ do: "probe" }, timeoutMs);
  const second = performance.now();
  await runner.process.ask({ do: "probe" }, timeoutMs);
  const probes = { firstMs: second - first, secondMs: performance.now() - second };
  const { firstProbe, steps } = runner;
  const stopped = firstProbe === undefined ? undefined : stoppedTraining(probe, steps, firstProbe);
  return lateResult(slice, probes) ?? stopped;
}

/** Asks for ever more steps, from one on, until their time grows: at an honest contestant's it does at last. */
async function lookForGrowth(
  runner: Runner,
  slices: readonly Slice[],
  limits: WarmUpLimits,
): Promise<string | undefined> {
  const compared = await withLonger(runner, slices, limits);
  if (missingGrowth(compared) === undefined) return undefined;
  const looked: Slice[] = [];
  for (let steps = 1; steps <= MOST_STEPS; steps *= LEAST_TIMES) {
    const slice = await runSlice(runner, steps, limits.timeLeft(), limits.scoresNorm);
    if (slice === undefined) return undefined;
    looked.push(slice);
    if (hasGrown(looked)) return undefined;
  }
  return missingGrowth(looked);
}

/** The slices with one of enough more steps to compare with, where there is none and it can be afforded. */
async function withLonger(
  runner: Runner,
  slices: readonly Slice[],
  { timeLeft, scoresNorm, shareMs }: WarmUpLimits,
): Promise<readonly Slice[]> {
  const last = slices.at(-1);
  if (last === undefined) return slices;
  const hasLonger = slices.some(({ steps }) => LEAST_TIMES * steps <= last.steps);
  if (hasLonger || LEAST_TIMES * last.answer.elapsedMs > GROWTH_SHARE * shareMs) return slices;
  const longer = await runSlice(runner, LEAST_TIMES * last.steps, timeLeft(), scoresNorm);
  return longer === undefined ? slices : [...slices, longer];
}

/** In its last slices: what it takes to ask hides the growth of the first ones. */
function hasGrown(slices: readonly Slice[]): boolean {
  const [first, second, third] = slices.slice(-3).map(({ answer }) => answer.elapsedMs);
  if (first === undefined || second === undefined || third === undefined) return false;
  const isRising = third > EVIDENT_GROWTH * second && second > EVIDENT_GROWTH * first;
  return isRising && third > GROWTH_IN_ALL * first;
}

function isStable(slices: readonly Slice[]): boolean {
  const [before, last] = slices.slice(-2).map(msPerStep);
  return before !== undefined && last !== undefined && Math.abs(last / before - 1) < STABLE;
}

function msPerStep(slice: Slice | undefined): number {
  return slice === undefined ? Number.NaN : slice.answer.elapsedMs / slice.steps;
}
