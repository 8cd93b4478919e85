/** A point of a line; null breaks it. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number | null;
}

/** More points than this are not told apart on a screen. */
const MOST_POINTS = 4000;

/**
 * A line of at most about `most` points that looks the same: of each stretch its lowest and its
 * highest point, and one gap where it has any.
 */
export function thinned(points: readonly CurvePoint[], most = MOST_POINTS): readonly CurvePoint[] {
  if (points.length <= most) return points;
  const stretch = Math.ceil((3 * points.length) / most);
  const kept: CurvePoint[] = [];
  for (let start = 0; start < points.length; start += stretch)
    kept.push(...extremes(points.slice(start, start + stretch)));
  return kept;
}

function extremes(points: readonly CurvePoint[]): CurvePoint[] {
  const gap = points.find(({ y }) => y === null);
  const drawn = points.filter(({ y }) => y !== null);
  const lowest = drawn.reduce<CurvePoint | undefined>(
    (best, point) => (best === undefined || (point.y ?? 0) < (best.y ?? 0) ? point : best),
    undefined,
  );
  const highest = drawn.reduce<CurvePoint | undefined>(
    (best, point) => (best === undefined || (point.y ?? 0) > (best.y ?? 0) ? point : best),
    undefined,
  );
  const kept = new Set([gap, lowest, highest].filter((point) => point !== undefined));
  return [...kept].sort((a, b) => a.x - b.x);
}
