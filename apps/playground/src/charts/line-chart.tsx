import "./english.js";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { isLone } from "./smooth.js";

/** A line of a chart. */
export interface Line {
  readonly label: string;
  /** A colour that the style sheet has: `--accent`. */
  readonly color: string;
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
  /** Units: CSS pixels; 2 by default. */
  readonly width?: number;
  /** From 0 to 1; 1 by default. */
  readonly opacity?: number;
  /** Whether each point is marked, as where there are few. */
  readonly isMarked?: boolean;
  readonly isDashed?: boolean;
}

interface LineChartProps {
  /** What the chart shows, as a reader hears it. */
  readonly label: string;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** The range of values, where it does not follow from the points. */
  readonly range?: readonly [low: number, high: number];
  readonly height?: number;
}

/** Lines over the steps of a training, drawn as they grow. */
export function LineChart({ label, lines, format, range, height = 220 }: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const made = useRef("");
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const data = joined(lines);
    const key = JSON.stringify(lines.map(({ points: _, ...look }) => look));
    if (chart.current === undefined || made.current !== key) {
      chart.current?.destroy();
      chart.current = new uPlot(
        optionsOf(element, { lines, format, height, ...(range && { range }) }),
        data,
        element,
      );
      made.current = key;
    } else chart.current.setData(data);
  }, [lines]);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    const redraw = () => chart.current?.redraw(false);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", redraw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", redraw);
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, []);
  return <div class="pg-chart" ref={place} role="img" aria-label={label} />;
}

function optionsOf(
  element: HTMLElement,
  { lines, format, range, height = 220 }: Omit<LineChartProps, "label">,
): uPlot.Options {
  const color = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color("--muted"),
    grid: { stroke: color("--grid"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    padding: [8, 12, 0, 0],
    cursor: { drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: (_, low, high) => [Math.min(low, 0), Math.max(high, low + 10)] },
      y: { range: (_, low, high) => rangeOf(low, high, range) },
    },
    axes: [
      {
        ...axis,
        size: 28,
        values: (_, values) =>
          values.map((value) => (Number.isInteger(value) ? value.toLocaleString("en") : "")),
      },
      { ...axis, size: 48, values: (_, values) => values.map(format) },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, color(line.color)))],
    plugins: [readout(lines, format)],
  };
}

function seriesOf(
  { label, width = 2, opacity = 1, isMarked = false, isDashed = false }: Line,
  stroke: () => string,
): uPlot.Series {
  return {
    label,
    stroke,
    width,
    alpha: opacity,
    spanGaps: true,
    // One point alone is no line yet, and would not be seen.
    points: { show: (self, index) => isMarked || isLone(self.data[index]), size: 7, fill: stroke },
    ...(isDashed && { dash: [5, 4] }),
  };
}

function rangeOf(low: number, high: number, range: LineChartProps["range"]): [number, number] {
  if (range !== undefined) return [range[0], range[1]];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const margin = (high - low || 1) * 0.06;
  return [Math.max(0, low - margin), high + margin];
}

/** What the lines say where the pointer is. */
function readout(lines: readonly Line[], format: (value: number) => string): uPlot.Plugin {
  const box = document.createElement("div");
  box.className = "pg-chart-readout";
  box.hidden = true;
  return {
    hooks: {
      init: (self) => self.over.append(box),
      setCursor: (self) => {
        const { idx, left = -1 } = self.cursor;
        box.hidden = idx === null || idx === undefined || left < 0;
        if (idx === null || idx === undefined || box.hidden) return;
        const found = lines.flatMap(({ label, opacity = 1 }, index) => {
          const value = nearest(self.data[index + 1], idx);
          return value === undefined || opacity < 1 ? [] : [`${label} ${format(value)}`];
        });
        box.textContent = [`step ${(self.data[0][idx] ?? 0).toLocaleString("en")}`, ...found].join("\n");
        box.style.insetInlineStart = left > self.over.clientWidth / 2 ? "0.25rem" : "auto";
        box.style.insetInlineEnd = left > self.over.clientWidth / 2 ? "auto" : "0.25rem";
      },
    },
  };
}

/** The value at a place, or the last one before it. */
function nearest(
  values: ArrayLike<number | null | undefined> | undefined,
  place: number,
): number | undefined {
  for (let index = place; values !== undefined && index >= 0; index -= 1) {
    const value = values[index];
    if (value !== null && value !== undefined) return value;
  }
  return undefined;
}

function joined(lines: readonly Line[]): uPlot.AlignedData {
  if (lines.length === 0) return [[]];
  return uPlot.join(
    lines.map(({ points }): uPlot.AlignedData => [points.map(({ x }) => x), points.map(({ y }) => y)]),
  );
}
