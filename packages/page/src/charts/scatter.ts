import {
  type Chart,
  type ChartAxis,
  type ChartMark,
  type ChartSeries,
  type MarkShape,
  markShapes,
} from "./chart.js";
import { formatValue } from "./format-value.js";

/** A point with a name. */
export interface ScatterPoint {
  readonly x: number;
  /** Of a percent axis from 0 to 100. */
  readonly y: number;
  /** Stands at the point: a name of a few characters, or a letter that a table explains. */
  readonly label: string;
  /** The lowest and the highest value, as over several seeds, drawn as a bar. */
  readonly spread?: readonly [number, number];
}

/** Points of one shape and colour. */
export interface ScatterGroup {
  readonly label: string;
  readonly points: readonly ScatterPoint[];
  /** Whether a line joins them, in the order of x. */
  readonly isJoined?: boolean;
}

/** A chart of points. */
export interface Scatter {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** `linear` or `log10`; of a logarithmic one every x is above 0. */
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly groups: readonly ScatterGroup[];
}

/** Free space around the points, as a fraction of what they span: on the right there is room for a name. */
const ROOM = { left: 0.06, right: 0.14, low: 0.15, high: 0.15 };

/**
 * A chart of named points, such as accuracy against parameters: each group has a shape and a colour of its own. The
 * result is drawn by `chartFigure`, as all charts are.
 *
 * @throws RangeError for a point that is not finite, or not above 0 on a logarithmic axis
 *
 * @example
 * ```ts
 * const chart = scatterChart({
 *   id: "accuracy-parameters",
 *   title: "Accuracy against parameters",
 *   x: { label: "Parameters", scale: "log10", format: "short" },
 *   y: { label: "Test accuracy", scale: "linear", format: "percent" },
 *   groups: [
 *     { label: "NiN", isJoined: true, points: [{ x: 350e3, y: 91.2, label: "nin-mnist", spread: [91, 91.5] }] },
 *     { label: "AlexNet", points: [{ x: 46e6, y: 91.9, label: "alexnet" }] },
 *   ],
 * });
 * const figure = chartFigure(chart);
 * ```
 */
export function scatterChart({ id, title, x, y, groups }: Scatter): Chart {
  const points = groups.flatMap((group) => group.points);
  for (const point of points) requireDrawable(point, { x, y });
  const heights = points.flatMap((point) => [point.y, ...(point.spread === undefined ? [] : point.spread)]);
  return {
    ...{ id, title },
    x: {
      ...x,
      ...(x.scale === "linear" && {
        range: roomy(
          points.map((point) => point.x),
          ROOM.left,
          ROOM.right,
        ),
      }),
    },
    y: { ...y, ...(y.scale === "linear" && { range: yRange(heights, y) }) },
    series: groups.flatMap((group, index) => seriesOf(group, index)),
    marks: groups.flatMap((group, index) => group.points.map((point) => markOf(point, index))),
    shapes: groups.map(({ label }, index) => ({ label, shape: shapeOf(index) })),
    description: describe({ title, x, y, groups }),
  };
}

/** The line through a group's points. */
function seriesOf({ label, points, isJoined = false }: ScatterGroup, index: number): readonly ChartSeries[] {
  const sorted = [...points].sort((a, b) => a.x - b.x);
  // uPlot's x ascends.
  const own = sorted.filter((point, position) => point.x !== sorted[position - 1]?.x);
  if (own.length === 0) return [];
  const look = {
    color: `--series-${index % markShapes.length}`,
    width: 1.5,
    dots: "none",
    dotSize: 7,
    pointsOnly: !isJoined,
  } as const;
  return [{ label, look, x: own.map((point) => point.x), y: own.map((point) => point.y) }];
}

function markOf({ x, y, label, spread }: ScatterPoint, group: number): ChartMark {
  return { x, y, text: label, shape: shapeOf(group), ...(spread !== undefined && { spread }) };
}

function shapeOf(group: number): MarkShape {
  const [first] = markShapes;
  return markShapes[group % markShapes.length] ?? first;
}

function requireDrawable({ x, y, label }: ScatterPoint, axes: Pick<Scatter, "x" | "y">): void {
  for (const [name, value] of [
    ["x", x],
    ["y", y],
  ] as const) {
    const isLogarithmic = axes[name].scale !== "linear";
    if (Number.isFinite(value) && (!isLogarithmic || value > 0)) continue;
    const expected = isLogarithmic ? "a number above 0, as its axis is logarithmic" : "a finite number";
    throw new RangeError(`the point ${label}: ${name}: expected ${expected}, got ${value}`);
  }
}

/** What the values span, with some room before and after. */
function roomy(values: readonly number[], before: number, after: number): readonly [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return [0, 1];
  // A single value stands in the middle.
  const span = high > low ? high - low : Math.max(Math.abs(high), 1);
  return [low - before * span, high + after * span];
}

function yRange(values: readonly number[], { format }: ChartAxis): readonly [number, number] {
  const [low, high] = roomy(values, ROOM.low, ROOM.high);
  return format === "percent" ? [Math.max(low, 0), Math.min(high, 100)] : [low, high];
}

/** `Scatter chart: title. Test accuracy over Parameters. NiN: nin-mnist: 350k, 91.20% (91.00% to 91.50%).` */
function describe({ title, x, y, groups }: Omit<Scatter, "id">): string {
  const texts = groups.map(({ label, points }) => {
    const own = points.map((point) => {
      const [low, high] = point.spread ?? [];
      const spread =
        low === undefined || high === undefined
          ? ""
          : ` (${formatValue(low, y.format)} to ${formatValue(high, y.format)})`;
      return `${point.label}: ${formatValue(point.x, x.format)}, ${formatValue(point.y, y.format)}${spread}`;
    });
    return ` ${label}: ${own.join("; ")}.`;
  });
  return `Scatter chart: ${title}. ${y.label} over ${x.label}.${texts.join("")}`;
}
