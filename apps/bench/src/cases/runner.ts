import type { Tolerance, Verdict } from "../correctness/judge.js";
import type { Implementation } from "../implementations/targets.js";
import { type ImplementationProcess, TOO_SLOW } from "../protocol/implementation-process.js";
import type { CheckAnswer, Opened, ProbeAnswer } from "../protocol/messages.js";
import type { ColdStart, Entry, EntryStatus } from "../result/format.js";
import { median, summaryOf } from "../result/statistics.js";
import { type ScoresNorm, type Slice, sliceProblem } from "./validity.js";

/** Units: characters. */
const REASON_LENGTH = 240;
/** The number of losses that are kept, for the curves. */
const KEPT_LOSSES = 100;
/** Hardware other than the processor, whose own time is not the process's. */
const GPUS = ["cuda", "gpu"];

/** One implementation in one case: its process, and what is known of it so far. */
export interface Runner {
  readonly implementation: Implementation;
  readonly process: ImplementationProcess;
  readonly allowed: Tolerance;
  opened?: Opened;
  answer?: CheckAnswer;
  correctness?: Verdict & { readonly against: string };
  coldStart?: ColdStart;
  /** Aborts the run: what fails from then on was killed, and is no failure. */
  readonly signal: AbortSignal;
  stepsPerSlice: number;
  /** Steps requested since it was opened, without those of the correctness check. */
  steps: number;
  losses: number[];
  /** In training: the probe after as many steps as the correctness check does. */
  firstProbe?: ProbeAnswer;
  readonly slices: Slice[];
  readonly flags: string[];
  /** Set when it is excluded from the rest of the case. */
  ended?: { readonly status: Exclude<EntryStatus, "measured">; readonly reason: string };
}

/** Excludes an implementation from the rest of the case and ends its process. */
export function endRunner(runner: Runner, status: Exclude<EntryStatus, "measured">, reason: string): void {
  runner.ended ??= { status, reason };
  runner.process.kill();
}

/** The same for an error. What an implementation itself reports as unsupported is no failure. */
export function endWithError(runner: Runner, error: unknown): void {
  if (runner.signal.aborted) return;
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const status = code === "NIN_UNSUPPORTED" ? "unsupported" : code === TOO_SLOW ? "slow" : "failed";
  endRunner(runner, status, shortened(message));
}

/** A runtime's message may fill a page: its beginning, on one line. */
function shortened(message: string): string {
  const line = message.replaceAll(/\s+/g, " ").trim();
  return line.length <= REASON_LENGTH ? line : `${line.slice(0, REASON_LENGTH)}\u2026`;
}

/** Runs one slice. `undefined` when the implementation failed or its answer is not valid: it is excluded then. */
export async function runSlice(
  runner: Runner,
  steps: number,
  timeoutMs: number,
  scoresNorm?: ScoresNorm,
): Promise<Slice | undefined> {
  const begin = performance.now();
  try {
    const answer = await runner.process.ask({ do: "run", steps }, timeoutMs);
    const slice: Slice = { steps, answer, wallMs: performance.now() - begin };
    runner.steps += steps;
    runner.losses = [...runner.losses, ...answer.losses].slice(0, KEPT_LOSSES);
    const problem = sliceProblem(slice, scoresNorm);
    if (problem === undefined) return slice;
    endRunner(runner, "wrong", problem);
  } catch (error) {
    endWithError(runner, error);
  }
  return undefined;
}

/** The speed in each slice. Units: images/s. */
export function speedsOf({ slices }: Runner, batch: number): readonly number[] {
  return slices.map(({ steps, answer }) => (1000 * steps * batch) / answer.elapsedMs);
}

/** The result of an implementation that was excluded, or interrupted before its first round ended. */
export function endedEntry(runner: Runner): Entry {
  const interrupted = { status: "failed", reason: "the run ended before it was measured" } as const;
  return { ...commonEntry(runner), ...(runner.ended ?? interrupted) };
}

/** The result of an implementation that was measured. Its share of a ceiling is filled in at the end of the run. */
export function measuredEntry(runner: Runner, batch: number, flopsPerImage: number): Entry {
  const { implementation, slices } = runner;
  const imagesPerSecond = summaryOf(speedsOf(runner, batch));
  const busy = slices.flatMap(({ answer }) =>
    answer.mainThreadMs === null ? [] : [answer.mainThreadMs / answer.elapsedMs],
  );
  const hostMs = median(slices.map(({ steps, answer }) => answer.cpuMs / steps));
  const deviceBytes = slices.flatMap(({ answer }) => answer.deviceBytes ?? []);
  return {
    ...commonEntry(runner),
    status: "measured",
    measured: {
      imagesPerSecond,
      flopsPerSecond: flopsPerImage * imagesPerSecond.median,
      shareOfCeiling: null,
      stepsPerSlice: runner.stepsPerSlice,
      coresUsed: median(slices.map(({ answer }) => answer.cpuMs / answer.elapsedMs)),
      mainThreadShare: busy.length === 0 ? null : median(busy),
      hostMsPerStep: GPUS.includes(implementation.hardware) ? hostMs : null,
      peakRssBytes: Math.max(...slices.map(({ answer }) => answer.peakRssBytes)),
      deviceBytes: deviceBytes.length === 0 ? null : Math.max(...deviceBytes),
    },
  };
}

function commonEntry(runner: Runner): Omit<Entry, "status" | "reason" | "measured"> {
  const { implementation, correctness, coldStart, opened, flags, losses } = runner;
  return {
    implementation: implementation.id,
    ...(correctness === undefined ? {} : { correctness }),
    ...(coldStart === undefined ? {} : { coldStart }),
    // One that failed to open has reported none.
    versions: opened?.versions ?? {},
    flags,
    losses,
  };
}
