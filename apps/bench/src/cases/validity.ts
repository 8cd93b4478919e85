import { at, present } from "@nin/spec";
import type { Answers, ProbeAnswer } from "../protocol/messages.js";
import { median } from "../result/statistics.js";

/** An implementation's answer to a `run` request, and what the benchmark itself saw. */
export interface Slice {
  readonly steps: number;
  readonly answer: Answers["run"];
  /** From the request to the answer, by the benchmark's clock. */
  readonly wallMs: number;
}

/** The time that a message takes, and that a busy machine adds. */
const SLACK_MS = 50;

/** How far the implementation's clock may be behind the benchmark's, as a fraction of the time. */
const CLOCK_SHARE = 0.1;

/** The norm that a batch's scores must have, from those of the checked images. */
export interface ScoresNorm {
  readonly expected: number;
  readonly allowed: number;
}

/** Why a slice is not valid; `undefined` when it is. `scoresNorm` is what `forward` must give. */
export function sliceProblem({ answer }: Slice, scoresNorm?: ScoresNorm): string | undefined {
  if (!answer.losses.every(Number.isFinite)) return "a loss is not finite: the work is no longer the same";
  if (scoresNorm === undefined) return undefined;
  // JSON has null for a NaN.
  const distance = Math.abs((answer.scoresNorm ?? Number.NaN) / scoresNorm.expected - 1);
  // Not `>`, so that a NaN fails too.
  if (distance <= scoresNorm.allowed) return undefined;
  return `the timed scores are not those that were checked: their norm differs by ${distance.toExponential(1)}`;
}

/** Is the implementation's clock slow? Judged by the median over its slices, as a machine may pause during one. */
export function slowClock(slices: readonly Slice[]): string | undefined {
  const hidden = median(slices.map(({ answer, wallMs }) => wallMs - answer.elapsedMs));
  const reported = median(slices.map(({ answer }) => answer.elapsedMs));
  if (!(hidden > CLOCK_SHARE * reported + SLACK_MS)) return undefined;
  return `reports ${reported.toFixed(0)} ms for its slices, while ${hidden.toFixed(0)} ms more passed`;
}

/**
 * How much longer it may take to read a value that depends on the last step right after the steps than when
 * nothing is running, as a fraction of the steps' time.
 */
const WAITING_SHARE = 0.25;

/**
 * Did the steps end before the implementation reported so? If not, reading what depends on the last of them
 * takes longer than reading it again. One such case may be a pause of the machine.
 */
export function lateResult(
  { answer }: Slice,
  probes: { readonly firstMs: number; readonly secondMs: number },
): string | undefined {
  const waited = probes.firstMs - probes.secondMs;
  if (!(waited > WAITING_SHARE * answer.elapsedMs + SLACK_MS)) return undefined;
  return `returned before its work was done: the last step's result came ${waited.toFixed(0)} ms later`;
}

/** Time grows at least by this fraction of the factor by which the number of steps grows. */
const MIN_GROWTH = 0.4;
/** Slices are compared when one has at least this many times the steps of the other: a message takes its time too. */
export const COMPARED_FACTOR = 4;

/**
 * Does the time of the last slice fail to grow with its steps? It is compared with the fastest short slice,
 * because the first one may have compiled something. Where a request takes a fixed time, more steps show growth.
 */
export function missingGrowth(slices: readonly Slice[]): string | undefined {
  const last = slices.at(-1);
  if (last === undefined) return undefined;
  const [first] = slices
    .filter(({ steps }) => COMPARED_FACTOR * steps <= last.steps)
    .toSorted((a, b) => a.answer.elapsedMs - b.answer.elapsedMs);
  if (first === undefined) return undefined;
  const growth = last.answer.elapsedMs / first.answer.elapsedMs;
  if (growth >= MIN_GROWTH * (last.steps / first.steps)) return undefined;
  return `returned before its work was done: ${last.steps} steps took ${growth.toFixed(1)} times as long as ${first.steps}`;
}

/** How far a parameter moves at least in the first timed steps, relative to as many checked ones. */
const MIN_MOVE = 0.01;
/** Parameters that hardly move in the check, relative to the one that moves most, say nothing. */
const NEGLIGIBLE = 1e-4;

/**
 * Did the first timed steps, as many as were checked, skip work? If not, every parameter has moved from its
 * initial value as in the checked steps, and as many steps were done as were requested.
 *
 * @param checked - the updates of the checked steps
 */
export function skippedWork(
  probe: ProbeAnswer,
  requested: number,
  checked: Readonly<Record<string, number>>,
): string | undefined {
  if (probe.steps !== requested) return wrongStepCount(probe, requested);
  const floor = NEGLIGIBLE * Math.max(...Object.values(checked));
  const still = Object.entries(checked).filter(([name, norm]) => {
    const moved = probe.updates[name];
    // Not `<`, so that a NaN counts as no move.
    return norm > floor && (moved === undefined || !(moved >= MIN_MOVE * norm));
  });
  if (still.length === 0) return undefined;
  return `skipped the backward pass or the update: ${still.map(([name]) => name).join(", ")} did not move`;
}

/**
 * Has training stopped since an earlier probe? If not, most parameters that had moved went on moving. Not all of
 * them must: an output class may die in a correct training.
 */
export function stoppedTraining(
  probe: ProbeAnswer,
  requested: number,
  earlier: ProbeAnswer,
): string | undefined {
  if (probe.steps !== requested) return wrongStepCount(probe, requested);
  if (probe.steps === earlier.steps) return undefined;
  const moved = Object.entries(earlier.updates).filter(([, norm]) => norm > 0);
  const still = moved.filter(([name, norm]) => probe.updates[name] === norm).map(([name]) => name);
  if (still.length <= moved.length / 2) return undefined;
  return `skipped the backward pass or the update after ${earlier.steps} steps: ${still.join(", ")} did not move`;
}

function wrongStepCount({ steps }: ProbeAnswer, requested: number): string {
  return `did ${steps} steps where ${requested} were requested`;
}

/** Memory that grows by less is the allocator's business. Units: bytes. */
const LEAK_BYTES = 32 * 2 ** 20;
/** And so is memory that grows by less than this fraction. */
const LEAK_SHARE = 0.1;
const MIN_SLICES = 4;

/** Does memory grow with the steps? Judged over the slices after the first. This is a flag, not a verdict. */
export function leak(slices: readonly Slice[]): string | undefined {
  const settled = slices.slice(1).map(({ answer }) => answer.rssBytes);
  if (settled.length < MIN_SLICES) return undefined;
  const first = at(settled, 0);
  const growth = at(settled, -1) - first;
  const rises = settled.slice(1).filter((bytes, index) => bytes > present(settled[index])).length;
  const isSteady = rises >= 0.75 * (settled.length - 1);
  if (!isSteady || growth < Math.max(LEAK_BYTES, LEAK_SHARE * first)) return undefined;
  const steps = slices.slice(2).reduce((sum, slice) => sum + slice.steps, 0);
  return `leaks: ${(growth / 2 ** 20).toFixed(0)} MiB more after ${steps} steps`;
}
