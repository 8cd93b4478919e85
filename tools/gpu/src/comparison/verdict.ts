/**
 * Judges differences by their tolerances.
 *
 * @param quantities `{ name, difference, tolerance }` each
 * @returns whether all are within, how many were compared, the furthest, and those outside
 */
export function verdictOf(quantities) {
  const judged = quantities.map((quantity) => ({ ...quantity, ratio: ratioOf(quantity) }));
  const outside = judged.filter(({ ratio }) => ratio > 1);
  return {
    passed: judged.length > 0 && outside.length === 0,
    compared: judged.length,
    worst: judged.reduce((worst, next) => (next.ratio > worst.ratio ? next : worst), NOTHING),
    outside: outside.slice(0, MAX_TOLD),
  };
}

/** `|actual - expected| / |expected|` in the L2 norm; 0 when they are equal, whatever their size. */
export function relativeL2(actual, expected) {
  if (actual?.length !== expected.length) return Number.NaN;
  let error = 0;
  let size = 0;
  for (let at = 0; at < expected.length; at += 1) {
    error += (actual[at] - expected[at]) ** 2;
    size += expected[at] ** 2;
  }
  return error === 0 ? 0 : Math.sqrt(error / size);
}

const NOTHING = { ratio: -1 };
const MAX_TOLD = 20;

/** A NaN is as far off as can be. JSON has no infinity. */
function ratioOf({ difference, tolerance }) {
  return Number.isFinite(difference) ? difference / tolerance : Number.MAX_VALUE;
}
