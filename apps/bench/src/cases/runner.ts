import type { Contestant } from "../implementations/implementation";
import type { Verdict } from "../correctness/judge";
import type { GateTolerance } from "../correctness/tolerances";
import { type ContestantProcess, TOO_SLOW } from "../protocol/implementation-process";
import type { GateAnswer, Opened, ProbeAnswer } from "../protocol/messages";
import type { ColdStart, Entry, EntryStatus } from "../result/format";
import type { Slice } from "./validity";

/** Units: characters. */
const REASON_LENGTH = 240;

/** A contestant in a case: what is known of it so far. */
export interface Runner {
  readonly contestant: Contestant;
  readonly process: ContestantProcess;
  readonly allowed: GateTolerance;
  opened?: Opened;
  answer?: GateAnswer;
  gate?: Verdict & { readonly against: string };
  coldStart?: ColdStart;
  /** Aborts the run: what fails from then on was killed, and did not fail. */
  readonly signal: AbortSignal;
  stepsPerSlice: number;
  /** Asked for since it was opened, the gate's own aside. */
  steps: number;
  losses: number[];
  /** Of training, after as many steps as the gate checks. */
  firstProbe?: ProbeAnswer;
  readonly slices: Slice[];
  readonly flags: string[];
  /** Set when it is out: no more is asked of it. */
  ended?: { readonly status: Exclude<EntryStatus, "measured">; readonly reason: string };
}

/** Takes a contestant out of the case; its process ends. */
export function endRunner(runner: Runner, status: Exclude<EntryStatus, "measured">, reason: string): void {
  runner.ended ??= { status, reason };
  runner.process.kill();
}

/** The same for an error: what a contestant says that it does not do is no failure. */
export function endWithError(runner: Runner, error: unknown): void {
  if (runner.signal.aborted) return;
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const status = code === "NIN_UNSUPPORTED" ? "unsupported" : code === TOO_SLOW ? "slow" : "failed";
  endRunner(runner, status, shortened(message));
}

/** A runtime's message may be a page: its beginning, on one line. */
function shortened(message: string): string {
  const line = message.replaceAll(/\s+/g, " ").trim();
  return line.length <= REASON_LENGTH ? line : `${line.slice(0, REASON_LENGTH)}\u2026`;
}

/** What is told of one that is out. */
export function endedEntry({ contestant, ended, opened, gate, coldStart, flags, losses }: Runner): Entry {
  return {
    contestant: contestant.id,
    status: ended?.status ?? "failed",
    reason: ended?.reason ?? "the run ended before it was measured",
    ...(gate === undefined ? {} : { gate }),
    ...(coldStart === undefined ? {} : { coldStart }),
    versions: opened?.versions ?? {},
    flags,
    losses,
  };
}
