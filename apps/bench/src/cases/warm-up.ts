import { at } from "@nin/spec";
import type { Pace } from "./case-context.js";
import { endRunner, endWithError, type Runner, runSlice } from "./runner.js";
import {
  COMPARED_FACTOR,
  lateResult,
  missingGrowth,
  type ScoresNorm,
  type Slice,
  skippedWork,
  stoppedTraining,
} from "./validity.js";

/** What bounds a warm-up. */
export interface WarmUpLimits {
  readonly pace: Pace;
  /** The implementation's share of the case's time, its slices included. */
  readonly shareMs: number;
  /** What is left of the case's time. */
  readonly timeLeft: () => number;
  readonly scoresNorm: ScoresNorm | undefined;
}

/** An implementation is warm when the time per step of two successive slices differs by less than this fraction. */
const STABLE = 0.1;
const MIN_SLICES = 3;
const MAX_SLICES = 12;
/** The fraction of its share that an implementation may take to warm up. */
const WARM_UP_SHARE = 0.35;
/** As many as the correctness check does. */
const CHECKED_STEPS = 2;
/** Time has grown when it grew by the first factor twice in a row, and by the second one in all, with four times the steps each time. */
const EVIDENT_GROWTH = 2;
const GROWTH_IN_ALL = 6;
/** The fraction of its share that one longer slice may take. */
const GROWTH_SHARE = 0.2;
/** The longest slice in which growth is looked for. */
const MAX_STEPS = 4096;
/** How often growth is looked for: a pause of the machine hides it, and can only lengthen a slice. */
const GROWTH_ATTEMPTS = 3;

/**
 * Runs steps until their time is stable, decides how many fill a slice, and looks for work that was skipped or
 * that goes on after the answer. Excludes an implementation that is too slow or not valid.
 */
export async function warmUp(runner: Runner, limits: WarmUpLimits): Promise<void> {
  const { pace, shareMs, timeLeft, scoresNorm } = limits;
  const begin = performance.now();
  const slices: Slice[] = [];
  let steps = 1;
  while (slices.length < MAX_SLICES) {
    const slice = await runSlice(runner, steps, timeLeft(), scoresNorm);
    if (slice === undefined) return;
    slices.push(slice);
    if (slices.length === 1 && runner.coldStart !== undefined) {
      runner.coldStart = { ...runner.coldStart, firstStepMs: slice.answer.elapsedMs };
    }
    if (runner.steps === CHECKED_STEPS) await checkFirstSteps(runner, limits);
    if (runner.ended !== undefined) return;
    const late = performance.now() - begin > WARM_UP_SHARE * shareMs;
    if (slices.length >= 2 && late) break;
    if (slices.length >= MIN_SLICES && isStable(slices) && slice.answer.elapsedMs > pace.sliceMs / 4) break;
    if (missingGrowth(slices) !== undefined) break;
    if (slices.length >= CHECKED_STEPS && slice.answer.elapsedMs < pace.sliceMs / 2) steps *= 2;
  }
  await checkValidity(runner, slices, limits);
  const stepMs = msPerStep(at(slices, -1));
  if (runner.ended === undefined && stepMs * pace.minRounds > shareMs) {
    const seconds = (stepMs / 1000).toFixed(1);
    const reason = `a step takes ${seconds} s, and ${pace.minRounds} rounds more than its part of the time`;
    endRunner(runner, "slow", reason);
  }
  runner.stepsPerSlice = Math.max(1, Math.round(pace.sliceMs / stepMs));
}

async function checkFirstSteps(runner: Runner, { timeLeft }: WarmUpLimits): Promise<void> {
  if (runner.losses.length === 0) return;
  try {
    runner.firstProbe = await runner.process.ask({ do: "probe" }, timeLeft());
    // Prefixes of a network, of which layers are timed, are not checked.
    const checked = runner.answer?.updates ?? {};
    const problem = skippedWork(runner.firstProbe, runner.steps, checked);
    if (problem !== undefined) endRunner(runner, "wrong", problem);
  } catch (error) {
    endWithError(runner, error);
  }
}

async function checkValidity(runner: Runner, slices: readonly Slice[], limits: WarmUpLimits): Promise<void> {
  const last = at(slices, -1);
  try {
    let problem = await checkAtRest(runner, last, limits.timeLeft());
    if (problem !== undefined) {
      // One such case may be a pause of the machine.
      const again = await runSlice(runner, last.steps, limits.timeLeft(), limits.scoresNorm);
      if (again === undefined) return;
      problem = await checkAtRest(runner, again, limits.timeLeft());
    }
    problem ??= await checkGrowth(runner, slices, limits);
    if (problem !== undefined) endRunner(runner, "wrong", problem);
  } catch (error) {
    endWithError(runner, error);
  }
}

/** Right after a slice: is its work done, and did training go on? */
async function checkAtRest(runner: Runner, slice: Slice, timeoutMs: number): Promise<string | undefined> {
  const first = performance.now();
  const probe = await runner.process.ask({ do: "probe" }, timeoutMs);
  const second = performance.now();
  await runner.process.ask({ do: "probe" }, timeoutMs);
  const probes = { firstMs: second - first, secondMs: performance.now() - second };
  const { firstProbe, steps } = runner;
  const stopped = firstProbe === undefined ? undefined : stoppedTraining(probe, steps, firstProbe);
  return lateResult(slice, probes) ?? stopped;
}

/** Does the time of the slices fail to grow with their steps, and that of all that are measured to find out? */
async function checkGrowth(
  runner: Runner,
  slices: readonly Slice[],
  limits: WarmUpLimits,
): Promise<string | undefined> {
  const compared = await withLonger(runner, slices, limits);
  if (missingGrowth(compared) === undefined) return undefined;
  return growthNotFound((steps) => runSlice(runner, steps, limits.timeLeft(), limits.scoresNorm));
}

/**
 * Requests more and more steps, from one on, until their time grows: if the work is done, it does in the end.
 * Where it does not, once more, with the fastest slice of each number of steps.
 *
 * @param run - runs a slice; `undefined` where the implementation was excluded
 * @returns the problem; `undefined` where time grows, or where there is nothing left to judge
 */
export async function growthNotFound(
  run: (steps: number) => Promise<Slice | undefined>,
): Promise<string | undefined> {
  const fastest = new Map<number, Slice>();
  for (let attempt = 0; attempt < GROWTH_ATTEMPTS; attempt += 1) {
    for (let steps = 1; steps <= MAX_STEPS; steps *= COMPARED_FACTOR) {
      const slice = await run(steps);
      if (slice === undefined) return undefined;
      const before = fastest.get(steps);
      if (before === undefined || slice.answer.elapsedMs < before.answer.elapsedMs) fastest.set(steps, slice);
      const upToIt = [...fastest.values()].filter((other) => other.steps <= steps);
      if (hasGrown(upToIt)) return undefined;
    }
  }
  return missingGrowth([...fastest.values()]);
}

/** The slices, with a longer one to compare them with where there is none and it does not take too long. */
async function withLonger(
  runner: Runner,
  slices: readonly Slice[],
  { timeLeft, scoresNorm, shareMs }: WarmUpLimits,
): Promise<readonly Slice[]> {
  const last = at(slices, -1);
  const hasLonger = slices.some(({ steps }) => COMPARED_FACTOR * steps <= last.steps);
  if (hasLonger || COMPARED_FACTOR * last.answer.elapsedMs > GROWTH_SHARE * shareMs) return slices;
  const longer = await runSlice(runner, COMPARED_FACTOR * last.steps, timeLeft(), scoresNorm);
  return longer === undefined ? slices : [...slices, longer];
}

/** Judged by the last slices, as the time of a request hides the growth of the first ones. */
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

function msPerStep({ answer, steps }: Slice): number {
  return answer.elapsedMs / steps;
}
