/** A point of a line; null breaks it. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number | null;
}

/** More points than this cannot be told apart on a screen. */
const MOST_POINTS = 4000;

/**
 * A line of at most about `most` points that looks the same: of each stretch its lowest and its
 * highest point, and one gap where it has any.
 */
export function downsample(points: readonly CurvePoint[], most = MOST_POINTS): readonly CurvePoint[] {
  if (points.length <= most) return points;
  const stretch = Math.ceil((3 * points.length) / most);
  const kept: CurvePoint[] = [];
  for (let start = 0; start < points.length; start += stretch)
    kept.push(...extremes(points.slice(start, start + stretch)));
  return kept;
}

/** The first gap, the first lowest and the first highest point, in order. */
function extremes(points: readonly CurvePoint[]): CurvePoint[] {
  let gap: CurvePoint | undefined;
  let lowest: { point: CurvePoint; y: number } | undefined;
  let highest: { point: CurvePoint; y: number } | undefined;
  for (const point of points) {
    const { y } = point;
    if (y === null) {
      gap ??= point;
      continue;
    }
    if (lowest === undefined || y < lowest.y) lowest = { point, y };
    if (highest === undefined || y > highest.y) highest = { point, y };
  }
  const kept = new Set([gap, lowest?.point, highest?.point].filter((point) => point !== undefined));
  return [...kept].sort((a, b) => a.x - b.x);
}
