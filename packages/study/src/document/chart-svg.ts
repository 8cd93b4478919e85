import { at } from "@nin/spec";
import { shortNumber } from "../results/columns.js";
import { groupRuns, groupText, type StudyGroup, variedSettings } from "../results/groups.js";
import type { StudyResults } from "../results/results.js";
import { placeLabels } from "./labels.js";
import { linearScale, logScale, type Scale } from "./ticks.js";

/** An axis of a static chart. */
export interface StudyChartAxis {
  readonly label: string;
  readonly scale?: "linear" | "log";
  /** How a tick is written; as `1.5M` by default. */
  readonly format?: (value: number) => string;
}

/** A chart in which each group of runs that differ in the seed alone is a point. */
export interface StudyChart {
  readonly title: string;
  /** What the chart shows, for a reader who cannot see it; the title by default. */
  readonly description?: string;
  readonly x: StudyChartAxis & { readonly value: (group: StudyGroup) => number | null };
  /** `spread` is drawn as a vertical line through the point. */
  readonly y: StudyChartAxis & {
    readonly value: (group: StudyGroup) => number | null;
    readonly spread?: (group: StudyGroup) => readonly [low: number, high: number] | null;
  };
  /** The name of a point; what its settings distinguish it by, by default. */
  readonly label?: (group: StudyGroup) => string;
  /** Whether neighbours in x are connected, as members of a family. */
  readonly isConnected?: boolean;
}

/** Units: user units of the picture, which are pixels where nothing scales it. */
const [WIDTH, HEIGHT] = [760, 440];
const PLOT = { left: 76, right: 736, top: 52, bottom: 384 };

/** Accuracy in percent over a quantity, with the range over the seeds: the chart that most studies want. */
export function accuracyChart(
  title: string,
  x: StudyChart["x"],
  options: Partial<Pick<StudyChart, "description" | "label" | "isConnected">> = {},
): StudyChart {
  const percent = (value: number): string => `${Number(value.toPrecision(4))}%`;
  return {
    ...{ title, x },
    y: {
      label: "Test accuracy (mean; the line spans the seeds)",
      format: percent,
      value: ({ testAccuracy }) => (testAccuracy === null ? null : 100 * testAccuracy.mean),
      spread: ({ testAccuracy }) =>
        testAccuracy === null ? null : [100 * testAccuracy.min, 100 * testAccuracy.max],
    },
    ...options,
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly spread: readonly [number, number] | null;
  readonly label: string;
}

/**
 * A chart of a study's results as a picture that needs nothing else: for a document in Markdown, in light and dark
 * surroundings, as it has its own background in both. Points are named where they stand. The same results give the same
 * text; groups without a value are omitted.
 *
 * @example
 * ```ts
 * import { parseStudyResults } from "@nin/study";
 * import { accuracyChart, studyChartSvg } from "@nin/study/node";
 *
 * export function pictureOf(json: unknown): string {
 *   const macs = { label: "MACs an image", scale: "log", value: ({ macs }: { macs: number }) => macs } as const;
 *   return studyChartSvg(parseStudyResults(json), accuracyChart("Accuracy and computation", macs));
 * }
 * ```
 */
export function studyChartSvg(results: StudyResults, chart: StudyChart): string {
  const varied = variedSettings(results).filter((name) => name !== "seed");
  const { label = (group: StudyGroup) => groupText(group, varied) } = chart;
  const points = groupRuns(results).flatMap((group): readonly Point[] => {
    const [x, y] = [chart.x.value(group), chart.y.value(group)];
    if (x === null || y === null) return [];
    return [{ x, y, spread: chart.y.spread?.(group) ?? null, label: label(group) }];
  });
  const body =
    points.length === 0 ? [text(PLOT.left, 200, "No run has finished yet.")] : plotOf(points, chart);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(chart.title)}</title>`,
    `<desc id="description">${escaped(chart.description ?? chart.title)}</desc>`,
    STYLE,
    `<rect class="page" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`,
    text(24, 30, chart.title, 'class="heading"'),
    ...body,
    "</svg>\n",
  ].join("\n");
}

const STYLE = `<style>
svg { color-scheme: light dark; font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
.page { fill: #ffffff; stroke: #dededa; }
text { fill: #1d1d1b; }
.heading { font-size: 16px; font-weight: 600; }
.muted { fill: #5c5f66; }
.grid { stroke: #ecece8; }
.line { stroke: #1f5fbf; stroke-width: 1.5; fill: none; stroke-dasharray: 5 4; }
.spread { stroke: #1f5fbf; stroke-width: 2; }
.point { fill: #1f5fbf; stroke: #ffffff; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
.page { fill: #14161a; stroke: #343841; }
text { fill: #e7e7e4; }
.muted { fill: #a2a7b0; }
.grid { stroke: #2a2e36; }
.line, .spread { stroke: #82b1ff; }
.point { fill: #82b1ff; stroke: #14161a; }
}
</style>`;

function plotOf(points: readonly Point[], { x, y, isConnected = false }: StudyChart): readonly string[] {
  const scaleOf = (axis: StudyChartAxis, values: readonly number[]): Scale =>
    axis.scale === "log" ? logScale(values) : linearScale(values);
  const [across, up] = [
    scaleOf(
      x,
      points.map((point) => point.x),
    ),
    scaleOf(
      y,
      points.flatMap((point) => [point.y, ...(point.spread ?? [])]),
    ),
  ];
  const left = (value: number): number => rounded(PLOT.left + across.place(value) * (PLOT.right - PLOT.left));
  const top = (value: number): number => rounded(PLOT.bottom - up.place(value) * (PLOT.bottom - PLOT.top));
  const { format: xText = shortNumber } = x;
  const { format: yText = shortNumber } = y;
  const placed = points.map((point) => ({ ...point, left: left(point.x), top: top(point.y) }));
  const inOrder = [...placed].sort((a, b) => a.left - b.left);
  const labels = placeLabels(
    placed.map((point) => ({ x: point.left, y: point.top, text: point.label })),
    PLOT,
  );
  return [
    ...up.ticks.map(
      (tick) =>
        `<line class="grid" x1="${PLOT.left}" y1="${top(tick)}" x2="${PLOT.right}" y2="${top(tick)}"/>`,
    ),
    ...up.ticks.map((tick) =>
      text(PLOT.left - 8, top(tick) + 4, yText(tick), 'class="muted" text-anchor="end"'),
    ),
    ...across.ticks.map(
      (tick) =>
        `<line class="grid" x1="${left(tick)}" y1="${PLOT.top}" x2="${left(tick)}" y2="${PLOT.bottom}"/>`,
    ),
    ...across.ticks.map((tick) =>
      text(left(tick), PLOT.bottom + 20, xText(tick), 'class="muted" text-anchor="middle"'),
    ),
    text((PLOT.left + PLOT.right) / 2, HEIGHT - 12, x.label, 'text-anchor="middle"'),
    text(
      0,
      0,
      y.label,
      `text-anchor="middle" transform="translate(18 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)"`,
    ),
    ...(isConnected
      ? [
          `<polyline class="line" points="${inOrder.map((point) => `${point.left},${point.top}`).join(" ")}"/>`,
        ]
      : []),
    ...placed.flatMap((point) =>
      point.spread === null
        ? []
        : [
            `<line class="spread" x1="${point.left}" y1="${top(point.spread[0])}" x2="${point.left}" y2="${top(point.spread[1])}"/>`,
          ],
    ),
    ...placed.map((point) => `<circle class="point" cx="${point.left}" cy="${point.top}" r="5"/>`),
    ...placed.map((point, index) => {
      const { x: labelX, y: labelY, anchor } = at(labels, index);
      return text(rounded(labelX), rounded(labelY), point.label, `text-anchor="${anchor}"`);
    }),
  ];
}

/** To a tenth: what no screen shows need not be in the file. */
function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${x}" y="${y}"${attributes === "" ? "" : ` ${attributes}`}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content
    .replace(/[\p{Cc}\p{Cs}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
