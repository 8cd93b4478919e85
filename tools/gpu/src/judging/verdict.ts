import { at } from "@nin/spec";

/** A number, and how far it may be from what it should be. */
export interface Quantity {
  readonly name: string;
  readonly difference: number;
  readonly tolerance: number;
}

/** A quantity with its difference over its tolerance. */
export interface JudgedQuantity extends Quantity {
  readonly ratio: number;
}

/** Whether all quantities are within their tolerances. */
export interface Verdict {
  readonly passed: boolean;
  /** The number of quantities that were compared. */
  readonly compared: number;
  /** The furthest one. */
  readonly worst?: JudgedQuantity;
  /** Those outside, some at most. */
  readonly outside: readonly JudgedQuantity[];
}

const MAX_SHOWN = 20;

/** Judges differences by their tolerances; nothing at all does not pass. */
export function verdictOf(quantities: readonly Quantity[]): Verdict {
  const judged = quantities.map((quantity) => ({ ...quantity, ratio: ratioOf(quantity) }));
  if (judged.length === 0) return { passed: false, compared: 0, outside: [] };
  const outside = judged.filter(({ ratio }) => ratio > 1);
  return {
    passed: outside.length === 0,
    compared: judged.length,
    worst: judged.reduce((worst, next) => (next.ratio > worst.ratio ? next : worst)),
    outside: outside.slice(0, MAX_SHOWN),
  };
}

/**
 * `|actual - expected| / |expected|` in the L2 norm.
 *
 * @returns 0 when they are equal, whatever their size; NaN when their lengths differ
 */
export function relativeL2(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  let error = 0;
  let size = 0;
  for (let index = 0; index < expected.length; index += 1) {
    error += (at(actual, index) - at(expected, index)) ** 2;
    size += at(expected, index) ** 2;
  }
  return error === 0 ? 0 : Math.sqrt(error / size);
}

/** A NaN is as far off as can be. JSON has no infinity. */
function ratioOf({ difference, tolerance }: Quantity): number {
  return Number.isFinite(difference) ? difference / tolerance : Number.MAX_VALUE;
}
