import { at, present } from "@nin/spec";
import type { Differences } from "./difference.js";

type Kind = keyof Differences;

/** A compared number, and what it may be. */
export interface Judgement {
  readonly kind: Kind;
  /** `loss of step 3`. */
  readonly name: string;
  readonly difference: number;
  readonly tolerance: number;
  /** The difference over the tolerance; infinite for a NaN. */
  readonly ratio: number;
  /** Whether the segment was too long for its spread. */
  readonly tooLong: boolean;
}

/**
 * The rule: a backend may differ from the oracle by 10 times what the oracle differs from itself when its weights are
 * perturbed by one float32 rounding, within these bounds.
 */
export const BOUNDS: Readonly<Record<Kind, { readonly floor: number; readonly ceiling: number }>> = {
  losses: { floor: 1e-5, ceiling: 1e-3 },
  logits: { floor: 1e-5, ceiling: 1e-3 },
  updates: { floor: 1e-5, ceiling: 1e-2 },
};
const SPREADS = 10;

/** What a difference of this kind may be, given the oracle's own spread. */
export function toleranceOf(kind: Kind, spread: number): number {
  const { floor, ceiling } = BOUNDS[kind];
  return Math.min(ceiling, Math.max(floor, SPREADS * spread));
}

/** Whether a segment was too long for its spread: ten times it would be above the ceiling. */
export function exceedsSpread(kind: Kind, spread: number): boolean {
  return SPREADS * spread > BOUNDS[kind].ceiling;
}

/**
 * Every quantity of a segment with its difference, tolerance and their ratio.
 *
 * @param first - the number of the segment's first step
 * @param spread - the differences of the oracle from itself
 */
export function judgeSegment(
  first: number,
  differences: Differences,
  spread: Differences,
): readonly Judgement[] {
  const last = first + differences.losses.length - 1;
  const judge = (kind: Kind, name: string, difference: number, own: number): Judgement => {
    const tolerance = toleranceOf(kind, own);
    const ratio = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / tolerance;
    return { kind, name, difference, tolerance, ratio, tooLong: exceedsSpread(kind, own) };
  };
  return [
    ...differences.losses.map((difference, index) =>
      judge("losses", `loss of step ${first + index}`, difference, at(spread.losses, index)),
    ),
    judge("logits", `logits after step ${last}`, differences.logits, spread.logits),
    ...Object.entries(differences.updates).map(([name, difference]) =>
      judge(
        "updates",
        `update of ${name} over steps ${first} to ${last}`,
        difference,
        present(spread.updates[name], name),
      ),
    ),
  ];
}

/**
 * The largest spread of each quantity over all segments, a loss's by its place in its segment. A ReLU or a pool's
 * window that flips is a rare event, which the few runs of one segment mostly miss.
 */
export function pooledSpread(spreads: readonly Differences[]): Differences {
  const { losses, updates } = at(spreads, 0);
  return {
    // The last segment may be shorter.
    losses: losses.map((_, index) => Math.max(...spreads.flatMap((spread) => spread.losses[index] ?? []))),
    logits: Math.max(...spreads.map(({ logits }) => logits)),
    updates: Object.fromEntries(
      Object.keys(updates).map((name) => [
        name,
        Math.max(...spreads.map((spread) => present(spread.updates[name], name))),
      ]),
    ),
  };
}

/** The quantity furthest over, or nearest to, its tolerance. */
export function worstOf(judgements: readonly Judgement[]): Judgement {
  return judgements.reduce((worst, next) => (next.ratio > worst.ratio ? next : worst));
}

/** How much of its loss a run lost, by the means of its first and last `count` steps. */
export function lossFall(losses: readonly number[], count: number): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return 1 - mean(losses.slice(-count)) / mean(losses.slice(0, count));
}
