import type uPlot from "uplot";
import type { Chart, ChartAxis, ChartSeries, LineLook } from "../charts/chart.js";
import { formatTick, formatValue } from "../charts/format-value.js";
import { colorOf, drawMarks } from "./marks.js";

/** Of a chart with its axes. Units: CSS pixels. */
export const HEIGHT = 300;

const FONT = "12px system-ui, sans-serif";
const NO_VALUE = "\u2013";
const WHOLE_STEPS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].flatMap((size) => [size, 2 * size, 5 * size]);

/** A chart as uPlot takes it. */
export function plotOptions(chart: Chart, width: number): uPlot.Options {
  const { x, y, series, marks = [], cursorGroup } = chart;
  const look = (index: number): LineLook | undefined => series[index - 1]?.look;
  return {
    width,
    height: HEIGHT,
    padding: [16, 28, 0, 0],
    cursor: {
      y: false,
      points: { size: 9, width: 0, fill: (_plot, index) => lineColor(look(index)) },
      ...(cursorGroup === undefined ? {} : { sync: { key: cursorGroup, scales: ["x", null] } }),
    },
    scales: {
      x: { time: false, ...scaleOptions(x, valuesOf(chart, "x"), marks.length > 0) },
      y:
        y.range === undefined || y.scale !== "linear"
          ? scaleOptions(y, valuesOf(chart, "y"), marks.length > 0)
          : fixedScale(y.range),
    },
    legend: { show: chart.shapes === undefined, markers: { fill: (_plot, index) => dotFill(look(index)) } },
    axes: [
      axisOptions(x, { size: 34, ...xTicks(chart) }),
      axisOptions(y, { size: y.format === "short" ? 52 : 50 }),
    ],
    series: [
      { label: x.label, value: (_plot, value) => shown(value, x) },
      ...series.map((line) => seriesOptions(line, y)),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, marks)] },
  };
}

function shown(value: number | null, { format }: ChartAxis): string {
  return value == null ? NO_VALUE : formatValue(value, format);
}

function lineColor(look: LineLook | undefined): string {
  return look === undefined ? "none" : colorOf(look.color);
}

/** Hollow dots show a line's kind without colour, in the legend too. */
function dotFill(look: LineLook | undefined): string {
  return look?.hollow === true ? colorOf("--surface") : lineColor(look);
}

function seriesOptions({ label, look }: ChartSeries, y: ChartAxis): uPlot.Series {
  const stroke = colorOf(look.color);
  const { width, dash, dots, dotSize, pointsOnly = false } = look;
  return {
    label,
    stroke,
    width,
    ...(pointsOnly && { paths: () => null }),
    ...(dash === undefined ? {} : { dash: [...dash] }),
    points: {
      size: dotSize,
      stroke,
      fill: dotFill(look),
      ...(dots === "sparse" ? {} : { show: dots === "all" }),
      ...(look.hollow === true ? { width: 2 } : {}),
    },
    value: (_plot, value) => shown(value, y),
  };
}

function axisOptions({ label, format }: ChartAxis, more: uPlot.Axis): uPlot.Axis {
  const grid = colorOf("--grid");
  return {
    label,
    font: FONT,
    labelFont: FONT,
    labelSize: 22,
    stroke: colorOf("--muted"),
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1, size: 5 },
    // On a logarithmic axis the ticks that get no label are null.
    values: (_plot, ticks) =>
      ticks.map((tick: number | null) => (tick === null ? "" : formatTick(tick, format))),
    ...more,
  };
}

function xTicks({ x, series }: Chart): uPlot.Axis {
  if (x.scale === "log2") {
    const own = [...new Set(series.flatMap((line) => line.x))].sort((a, b) => a - b);
    return { splits: () => own, filter: (_plot, ticks) => ticks };
  }
  return x.format === "integer" ? { incrs: WHOLE_STEPS, space: 56 } : {};
}

/** Every finite value on an axis, the marks' too. */
function valuesOf({ series, marks = [] }: Chart, axis: "x" | "y"): readonly number[] {
  const values: readonly (number | null)[] = [
    ...series.flatMap((line) => line[axis]),
    ...marks.map((mark) => mark[axis]),
  ];
  return values.filter((value) => value !== null);
}

function scaleOptions(axis: ChartAxis, values: readonly number[], isFixed: boolean): uPlot.Scale {
  const { scale, format, range } = axis;
  if (scale !== "linear") {
    const log = scale === "log2" ? 2 : 10;
    if (!isFixed) return { distr: 3, log };
    const whole = logRange(
      log,
      values.filter((value) => value > 0),
    );
    return { distr: 3, log, range: () => whole };
  }
  if (range !== undefined) return { range: wholeOr(range) };
  if (format === "percent") return { range: percentRange };
  return format === "loss" ? { range: { min: { pad: 0.05, soft: 0, mode: 3 }, max: { pad: 0.05 } } } : {};
}

/** Zooming is along x alone. */
function fixedScale([first, last]: readonly [number, number]): uPlot.Scale {
  return { range: () => [first, last] };
}

/** Zooming gives other limits than the data's; those are kept as they are. */
function wholeOr([first, last]: readonly [number, number]): uPlot.Range.Function {
  return (plot, min: number | null, max: number | null) => {
    const xs = plot.data[0];
    // Without data there are no limits either.
    const isWhole = min === null || max === null || (min <= Math.min(...xs) && max >= Math.max(...xs));
    return isWhole ? [first, last] : [min, max];
  };
}

function percentRange(_plot: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  if (min === null || max === null) return [0, 100];
  const room = Math.max((max - min) * 0.15, 2);
  return [Math.max(min - room, 0), Math.min(max + room, 100)];
}

/** A little more than the values take; it begins with a tick, as uPlot counts logarithmic ticks on from there. */
function logRange(log: 2 | 10, values: readonly number[]): uPlot.Range.MinMax {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return log === 2 ? [low / 1.25, high * 1.5] : [tickBelow(low / 1.1), high * 2.5];
}

/** 1, 2 or 5 of a decade. */
function tickBelow(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value));
  const step = value >= 5 * decade ? 5 : value >= 2 * decade ? 2 : 1;
  return step * decade;
}
