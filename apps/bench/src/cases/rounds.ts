import { at } from "@nin/spec";
import { relativeWidth, summaryOf } from "../result/statistics.js";
import type { Pace } from "./case-context.js";
import { type Runner, runSlice, speedsOf } from "./runner.js";
import type { ScoresNorm } from "./validity.js";

/** What bounds the rounds of a case. */
export interface RoundLimits {
  readonly pace: Pace;
  readonly timeLeft: () => number;
  readonly signal: AbortSignal;
  /** What the scores of each implementation must be like, in `forward`. */
  readonly scoresNorm: (runner: Runner) => ScoresNorm | undefined;
  readonly onSlice: (runner: Runner, round: number) => void;
}

/** A slice that takes this many times as long as the one before means that the implementation hangs. */
const PATIENCE = 10;
const MIN_PATIENCE_MS = 20_000;

/**
 * Runs all implementations in turn, one slice each, round by round. The order moves on by one each round, so
 * that none always follows the same neighbour. Ends when every interval is tight, when the next round would not
 * fit into the time, or at a signal; a round that was not finished is dropped.
 */
export async function runRounds(runners: readonly Runner[], limits: RoundLimits): Promise<void> {
  const { pace, timeLeft, signal } = limits;
  let roundMs = 0;
  for (let round = 0; round < pace.maxRounds; round += 1) {
    const racing = runners.filter(({ ended }) => ended === undefined);
    const enough = round >= pace.minRounds;
    if (racing.length === 0 || signal.aborted) return;
    if (enough && (timeLeft() < roundMs || racing.every((runner) => isTight(runner, pace)))) return;
    const begin = performance.now();
    for (let turn = 0; turn < racing.length; turn += 1) {
      const runner = at(racing, (round + turn) % racing.length);
      if (runner.ended !== undefined) continue;
      limits.onSlice(runner, round);
      // The first slice's steps are estimated: it may be far from what is usual.
      const usualMs = runner.slices.at(-1)?.wallMs ?? MIN_PATIENCE_MS;
      const timeoutMs = Math.max(MIN_PATIENCE_MS, PATIENCE * usualMs);
      const slice = await runSlice(runner, runner.stepsPerSlice, timeoutMs, limits.scoresNorm(runner));
      if (slice !== undefined) runner.slices.push(slice);
      if (signal.aborted) return dropRound(racing, round);
    }
    roundMs = performance.now() - begin;
  }
}

function isTight(runner: Runner, { tightWidth }: Pace): boolean {
  return relativeWidth(summaryOf(speedsOf(runner, 1))) <= tightWidth;
}

function dropRound(runners: readonly Runner[], round: number): void {
  for (const { slices } of runners) slices.length = Math.min(slices.length, round);
}
