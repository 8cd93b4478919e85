/**
 * The rule: a backend may differ from the oracle by 10 times what the oracle differs from itself
 * when its weights are perturbed by one float32 rounding, within these bounds.
 */
export const BOUNDS = {
  losses: { floor: 1e-5, ceiling: 1e-3 },
  logits: { floor: 1e-5, ceiling: 1e-3 },
  updates: { floor: 1e-5, ceiling: 1e-2 },
};
const SPREADS = 10;

/** What a difference of this kind may be, given the oracle's own spread. */
export function toleranceOf(kind, spread) {
  const { floor, ceiling } = BOUNDS[kind];
  return Math.min(ceiling, Math.max(floor, SPREADS * spread));
}

/** Whether a segment was too long for its spread: ten times it would be above the ceiling. */
export function exceedsSpread(kind, spread) {
  return SPREADS * spread > BOUNDS[kind].ceiling;
}

/**
 * Every quantity of a segment with its difference, tolerance and their ratio.
 *
 * @param differences,spread `{ losses: number[], logits: number, updates: { [name]: number } }`
 */
export function judgeSegment(first, differences, spread) {
  return quantitiesOf(first, differences, spread).map(({ kind, name, difference, spread: own }) => {
    const tolerance = toleranceOf(kind, own);
    return {
      kind,
      name,
      difference,
      tolerance,
      ratio: ratioOf(difference, tolerance),
      tooLong: exceedsSpread(kind, own),
    };
  });
}

/**
 * The largest spread of each quantity over all segments, a loss's by its place in its segment. A ReLU
 * or a pool's window that flips is a rare event, which the few runs of one segment mostly miss.
 */
export function pooledSpread(spreads) {
  const most = (values) => Math.max(...values.filter((value) => value !== undefined));
  const names = Object.keys(spreads[0].updates);
  return {
    losses: spreads[0].losses.map((_, at) => most(spreads.map(({ losses }) => losses[at]))),
    logits: most(spreads.map(({ logits }) => logits)),
    updates: Object.fromEntries(
      names.map((name) => [name, most(spreads.map(({ updates }) => updates[name]))]),
    ),
  };
}

/** The quantity furthest over, or nearest to, its tolerance. */
export function worstOf(judgements) {
  return judgements.reduce((worst, next) => (next.ratio > worst.ratio ? next : worst));
}

/** How much of its loss a run lost, by the means of its first and last `count` steps. */
export function lossFall(losses, count) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return 1 - mean(losses.slice(-count)) / mean(losses.slice(0, count));
}

function quantitiesOf(first, differences, spread) {
  return [
    ...differences.losses.map((difference, at) => ({
      kind: "losses",
      name: `loss of step ${first + at}`,
      difference,
      spread: spread.losses[at],
    })),
    {
      kind: "logits",
      name: `logits after step ${first + differences.losses.length - 1}`,
      difference: differences.logits,
      spread: spread.logits,
    },
    ...Object.entries(differences.updates).map(([name, difference]) => ({
      kind: "updates",
      name: `update of ${name} over steps ${first} to ${first + differences.losses.length - 1}`,
      difference,
      spread: spread.updates[name],
    })),
  ];
}

/** A NaN is as far off as can be. */
function ratioOf(difference, tolerance) {
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / tolerance;
}
