/** A point that is to be named. Units: of the picture. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Where a label stands: the baseline of its text. */
export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** About the mean of a proportional typeface of 13 units. */
const CHARACTER = 7;
const [ASCENT, DESCENT] = [11, 4];

/**
 * Places a label at each point, in turn where it covers least: no point, no label that stands already, and nothing
 * outside the plot.
 */
export function placeLabels(points: readonly LabelledPoint[], plot: Box): readonly PlacedLabel[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
  return points.map((point) => {
    const candidates = candidatesOf(point).map((label) => {
      const box = boxOf(label, point.text.length * CHARACTER);
      const outside = areaOf(box) - overlap(box, { ...plot, top: plot.top - 20 });
      return { label, box, cost: taken.reduce((sum, other) => sum + overlap(box, other), 10 * outside) };
    });
    const best = candidates.reduce((least, candidate) => (candidate.cost < least.cost ? candidate : least));
    taken.push(best.box);
    return best.label;
  });
}

function candidatesOf({ x, y }: LabelledPoint): readonly [PlacedLabel, ...PlacedLabel[]] {
  return [
    { x: x + 10, y: y + 4, anchor: "start" },
    { x: x - 10, y: y + 4, anchor: "end" },
    { x: x + 10, y: y - 8, anchor: "start" },
    { x: x - 10, y: y - 8, anchor: "end" },
    { x: x + 10, y: y + 17, anchor: "start" },
    { x: x - 10, y: y + 17, anchor: "end" },
    { x, y: y - 12, anchor: "middle" },
    { x, y: y + 22, anchor: "middle" },
    { x: x + 10, y: y - 21, anchor: "start" },
    { x: x - 10, y: y - 21, anchor: "end" },
    { x: x + 10, y: y + 30, anchor: "start" },
    { x: x - 10, y: y + 30, anchor: "end" },
  ];
}

function boxOf({ x, y, anchor }: PlacedLabel, width: number): Box {
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - ASCENT, bottom: y + DESCENT };
}

function areaOf({ left, right, top, bottom }: Box): number {
  return Math.max(0, right - left) * Math.max(0, bottom - top);
}

function overlap(one: Box, other: Box): number {
  return areaOf({
    left: Math.max(one.left, other.left),
    right: Math.min(one.right, other.right),
    top: Math.max(one.top, other.top),
    bottom: Math.min(one.bottom, other.bottom),
  });
}
