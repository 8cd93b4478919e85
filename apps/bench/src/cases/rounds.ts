import { relativeWidth, summaryOf } from "../statistics/summary";
import type { ScoresNorm } from "./validity";
import type { Pace } from "./case-context";
import { runSlice } from "./run-slice";
import type { Runner } from "./runner";

export interface RoundLimits {
  readonly pace: Pace;
  readonly timeLeft: () => number;
  readonly signal: AbortSignal;
  readonly scoresNorm?: ScoresNorm;
  readonly onSlice: (runner: Runner, round: number) => void;
}

/** A slow slice may take so many times as long as the one before; else the contestant hangs. */
const PATIENCE = 10;
const LEAST_PATIENCE_MS = 20_000;

/**
 * Runs all contestants in turn, a slice each, round by round; the order moves on by one each round, so
 * that none always follows the same neighbour. Ends when every interval is tight, when the next round
 * would not fit in the time, or at a signal; a round that was not finished is dropped.
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
      const runner = racing[(round + turn) % racing.length];
      if (runner === undefined || runner.ended !== undefined) continue;
      limits.onSlice(runner, round);
      const usual = runner.slices.at(-1)?.wallMs ?? LEAST_PATIENCE_MS;
      const timeoutMs = Math.max(LEAST_PATIENCE_MS, PATIENCE * usual);
      const slice = await runSlice(runner, runner.stepsPerSlice, timeoutMs, limits.scoresNorm);
      if (slice !== undefined) runner.slices.push(slice);
      if (signal.aborted) return dropRound(racing, round);
    }
    roundMs = performance.now() - begin;
  }
}

/** Images a second of each slice. */
export function speedsOf({ slices }: Runner, batch: number): readonly number[] {
  return slices.map(({ steps, answer }) => (1000 * steps * batch) / answer.elapsedMs);
}

function isTight(runner: Runner, { tightWidth }: Pace): boolean {
  return relativeWidth(summaryOf(speedsOf(runner, 1))) <= tightWidth;
}

function dropRound(runners: readonly Runner[], round: number): void {
  for (const { slices } of runners) slices.length = Math.min(slices.length, round);
}
