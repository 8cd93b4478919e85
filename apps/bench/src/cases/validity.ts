import type { Answers, ProbeAnswer } from "../protocol/messages";
import { median } from "../statistics/quantile";

/** A contestant's answer to a run, and what the runner saw meanwhile. */
export interface Slice {
  readonly steps: number;
  readonly answer: Answers["run"];
  /** From the request to the answer, by the runner's clock. */
  readonly wallMs: number;
}

/** Time that a message takes and a busy machine adds. */
const SLACK_MS = 50;

/** The contestant's clock may be behind the runner's by so much. */
const CLOCK_SHARE = 0.1;

/** Why a slice cannot be believed; undefined when it can. `scoresNorm` is what forward must give. */
export function sliceLie({ answer }: Slice, scoresNorm?: ScoresNorm): string | undefined {
  if (!answer.losses.every(Number.isFinite)) return "a loss is not finite: the work is no longer the same";
  if (scoresNorm === undefined || answer.scoresNorm === null) return undefined;
  const distance = Math.abs(answer.scoresNorm / scoresNorm.expected - 1);
  // Not `>`, so that a NaN fails too.
  if (distance <= scoresNorm.allowed) return undefined;
  return `timed scores are not those that were checked: their norm differs by ${distance.toExponential(1)}`;
}

/** Is the contestant's clock slow? Judged by the median of its slices: a machine may pause in one. */
export function slowClock(slices: readonly Slice[]): string | undefined {
  const hidden = median(slices.map(({ answer, wallMs }) => wallMs - answer.elapsedMs));
  const told = median(slices.map(({ answer }) => answer.elapsedMs));
  if (!(hidden > CLOCK_SHARE * told + SLACK_MS)) return undefined;
  return `says that its slices took ${told.toFixed(0)} ms, while ${hidden.toFixed(0)} ms more passed`;
}

export interface ScoresNorm {
  readonly expected: number;
  readonly allowed: number;
}

/** A value that depends on the last step may take so much of the steps' time longer to read than when all rests. */
const WAITING_SHARE = 0.25;

/**
 * Did the steps end before the contestant said so? Reading what depends on the last of them then takes
 * longer than reading it again. Once may be a pause of the machine's.
 */
export function lateResult(
  { answer }: Slice,
  probes: { readonly firstMs: number; readonly secondMs: number },
): string | undefined {
  const waited = probes.firstMs - probes.secondMs;
  if (!(waited > WAITING_SHARE * answer.elapsedMs + SLACK_MS)) return undefined;
  return `returned before its work was done: the last step's result came ${waited.toFixed(0)} ms later`;
}

/** So many times the steps take at least a part as many times as long. */
const LEAST_GROWTH = 0.4;
/** Fewer times the steps tell nothing: a message takes its time too. */
export const LEAST_TIMES = 4;

/**
 * Does the time of the last slice not grow with its steps? Compared with the fastest short one: the
 * first may have compiled something. Where it takes a fixed time to ask, more steps show the growth.
 */
export function missingGrowth(slices: readonly Slice[]): string | undefined {
  const last = slices.at(-1);
  if (last === undefined) return undefined;
  const [first] = slices
    .filter(({ steps }) => LEAST_TIMES * steps <= last.steps)
    .toSorted((a, b) => a.answer.elapsedMs - b.answer.elapsedMs);
  if (first === undefined) return undefined;
  const growth = last.answer.elapsedMs / first.answer.elapsedMs;
  if (growth >= LEAST_GROWTH * (last.steps / first.steps)) return undefined;
  return `returned before its work was done: ${last.steps} steps took ${growth.toFixed(1)} times as long as ${first.steps}`;
}

/** A parameter moves in the first timed steps at least by this part of what it moves in as many checked ones. */
const LEAST_MOVE = 0.01;
/** Parameters that hardly move where it was checked tell nothing. */
const NEGLIGIBLE = 1e-4;

/**
 * Did the first timed steps, as many as were checked, train? Every parameter has moved from where it
 * began, as the checked ones did, and as many steps were done as were asked for. `checked` holds the
 * checked steps' updates.
 */
export function skippedWork(
  probe: ProbeAnswer,
  asked: number,
  checked: Readonly<Record<string, number>>,
): string | undefined {
  if (probe.steps !== asked) return `did ${probe.steps} steps where ${asked} were asked for`;
  const floor = NEGLIGIBLE * Math.max(...Object.values(checked));
  const still = Object.entries(checked).filter(
    ([name, norm]) => norm > floor && !((probe.updates[name] ?? 0) >= LEAST_MOVE * norm),
  );
  if (still.length === 0) return undefined;
  return `skipped the backward pass or the update: ${still.map(([name]) => name).join(", ")} did not move`;
}

/**
 * Did the steps since an earlier probe train? Then most of what had moved went on moving. Not all of
 * it must: a class may die, honestly.
 */
export function stoppedTraining(probe: ProbeAnswer, asked: number, earlier: ProbeAnswer): string | undefined {
  if (probe.steps !== asked) return `did ${probe.steps} steps where ${asked} were asked for`;
  if (probe.steps === earlier.steps) return undefined;
  const names = Object.keys(earlier.updates).filter((name) => (earlier.updates[name] ?? 0) > 0);
  const still = names.filter((name) => probe.updates[name] === earlier.updates[name]);
  if (still.length <= names.length / 2) return undefined;
  return `skipped the backward pass or the update after ${earlier.steps} steps: ${still.join(", ")} did not move`;
}

/** Memory that grows by less is an allocator's affair. Units: bytes. */
const LEAK_BYTES = 32 * 2 ** 20;
/** And by less of what there was. */
const LEAK_SHARE = 0.1;
const LEAST_SLICES = 4;

/** Does memory grow with the steps? Judged over the slices after the first; a flag, not a verdict. */
export function leak(slices: readonly Slice[]): string | undefined {
  const settled = slices.slice(1).map(({ answer }) => answer.rssBytes);
  const [first = 0, last = 0] = [settled[0], settled.at(-1)];
  const growth = last - first;
  const rises = settled.slice(1).filter((bytes, index) => bytes > (settled[index] ?? 0)).length;
  const isSteady = rises >= 0.75 * (settled.length - 1);
  if (settled.length < LEAST_SLICES || !isSteady || growth < Math.max(LEAK_BYTES, LEAK_SHARE * first)) {
    return undefined;
  }
  const steps = slices.slice(2).reduce((sum, slice) => sum + slice.steps, 0);
  return `leaks: ${(growth / 2 ** 20).toFixed(0)} MiB more after ${steps} steps`;
}
