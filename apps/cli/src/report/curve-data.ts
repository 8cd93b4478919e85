import { finite } from "@nin/page";
import { thinned } from "./downsample.js";
import type { RunHistory } from "./run-history.js";

/** What the page's script draws; see `charts-script.ts`. */
export interface CurveData {
  /** Where the axis of steps ends. */
  readonly lastStep: number;
  readonly charts: readonly CurveChart[];
}

export interface CurveChart {
  /** The id of the element it is drawn into. */
  readonly id: string;
  readonly yLabel: string;
  readonly unit: "loss" | "percent";
  readonly scale: "linear" | "log";
  readonly series: readonly CurveSeries[];
}

export interface CurveSeries {
  readonly label: string;
  /** Decides how the line looks. */
  readonly style: "step" | "train" | "test";
  /** Steps, ascending. */
  readonly x: readonly number[];
  /** Null breaks the line: the value was not finite. */
  readonly y: readonly (number | null)[];
}

/** Losses that span more than this are drawn on a logarithmic axis. */
const LINEAR_SPAN = 1000;

/** The loss and the accuracy over the steps; a chart without a single finite value is left out. */
export function curveData(history: RunHistory): CurveData {
  return {
    lastStep: Math.max(history.stepsDone, 1),
    charts: [lossChart(history), accuracyChart(history)].filter((chart) => finiteValues(chart).length > 0),
  };
}

/** Every finite value of a chart. */
function finiteValues(chart: CurveChart): number[] {
  return chart.series.flatMap((series) => series.y.filter((value) => value !== null));
}

function lossChart({ steps, epochs }: RunHistory): CurveChart {
  const logged = thinned(steps.map((line) => ({ x: line.step, y: finite(line.loss) })));
  const tested = epochs.filter((epoch) => epoch.testImages > 0);
  const chart: CurveChart = {
    id: "chart-loss",
    yLabel: "Loss (nats)",
    unit: "loss",
    scale: "linear",
    series: [
      series("Logged step", "step", logged),
      series(
        "Training, epoch mean",
        "train",
        epochs.map((line) => ({ x: line.step, y: finite(line.trainLoss) })),
      ),
      series(
        "Test",
        "test",
        tested.map((line) => ({ x: line.step, y: finite(line.testLoss) })),
      ),
    ].filter(({ y }) => y.some((value) => value !== null)),
  };
  return spansDecades(finiteValues(chart))
    ? { ...chart, yLabel: `${chart.yLabel}, log scale`, scale: "log" }
    : chart;
}

function accuracyChart({ epochs }: RunHistory): CurveChart {
  const tested = epochs.filter((epoch) => finite(epoch.testAccuracy) !== null);
  const points = tested.map((line) => ({ x: line.step, y: rounded(100 * (line.testAccuracy ?? 0)) }));
  return {
    id: "chart-accuracy",
    yLabel: "Accuracy (% of test images)",
    unit: "percent",
    scale: "linear",
    series: [series("Test", "test", points)],
  };
}

function series(
  label: string,
  style: CurveSeries["style"],
  points: readonly { readonly x: number; readonly y: number | null }[],
): CurveSeries {
  return {
    label,
    style,
    x: points.map(({ x }) => x),
    y: points.map(({ y }) => (y === null ? null : rounded(y))),
  };
}

function spansDecades(values: readonly number[]): boolean {
  const [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  return low > 0 && high / low > LINEAR_SPAN;
}

/** Six digits are more than a screen shows, and keep the page small. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
