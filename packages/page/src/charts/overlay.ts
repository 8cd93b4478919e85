import type { Chart, ChartAxis, ChartMark, ChartSeries } from "./chart.js";
import { nthLook, seriesLetter } from "./chart.js";
import type { CurvePoint } from "./downsample.js";

/** The curves of a run over its steps: what `readRunCurves` of `@nin/training/node` gives. Units: nats, fractions. */
export interface RunCurves {
  /** The training loss, smooth enough to be compared: means over stretches of the logged steps. */
  readonly trainLoss: readonly CurvePoint[];
  /** Of each epoch; empty without a validation split. */
  readonly validationLoss: readonly CurvePoint[];
  readonly validationAccuracy: readonly CurvePoint[];
  /** Of each epoch; empty where nothing was evaluated. */
  readonly testLoss: readonly CurvePoint[];
  readonly testAccuracy: readonly CurvePoint[];
}

/** One of the runs whose curves are laid over each other. */
export interface OverlaidRun {
  /** Unique among them: the value of its check box. */
  readonly key: string;
  /** What distinguishes it: `nin-mnist, seed 0`. */
  readonly label: string;
  /** Which letter, colour and dash it has. */
  readonly index: number;
  readonly stepsPerEpoch: number;
  readonly curves: RunCurves;
}

interface Kind {
  readonly name: keyof RunCurves;
  readonly title: string;
  readonly unit: "loss" | "accuracy";
}

const KINDS: readonly Kind[] = [
  { name: "trainLoss", title: "Training loss", unit: "loss" },
  { name: "validationLoss", title: "Validation loss", unit: "loss" },
  { name: "testLoss", title: "Test loss", unit: "loss" },
  { name: "validationAccuracy", title: "Validation accuracy", unit: "accuracy" },
  { name: "testAccuracy", title: "Test accuracy", unit: "accuracy" },
];

/** Losses that span more than this are drawn on a logarithmic axis. */
const LINEAR_SPAN = 1000;

/**
 * A chart of each kind of curve that any of the runs has, with a line for each run. The lines are over steps, or over
 * epochs where the runs have not the same number of steps in one. It runs in Node and in the page.
 *
 * @param id - how the charts' ids begin
 * @param chooser - the name of the check boxes that show and hide the runs
 */
export function overlayCharts(id: string, runs: readonly OverlaidRun[], chooser?: string): readonly Chart[] {
  const isInSteps = new Set(runs.map(({ stepsPerEpoch }) => stepsPerEpoch)).size < 2;
  const x: ChartAxis = isInSteps
    ? { label: "Training step", scale: "linear", format: "integer" }
    : { label: "Epoch", scale: "linear", format: "short" };
  return KINDS.flatMap((kind) => {
    const lines = runs.flatMap((run) => lineOf(run, kind, isInSteps));
    if (lines.length === 0) return [];
    const series = lines.map((line) => line.series);
    return [
      {
        id: `${id}-${kind.name}`,
        title: kind.title,
        x,
        y:
          kind.unit === "loss"
            ? lossAxis(series.flatMap(({ y }) => y))
            : { label: "Accuracy (% of images)", scale: "linear", format: "percent" },
        series,
        marks: lines.flatMap((line) => line.marks),
        cursorGroup: id,
        ...(chooser !== undefined && { chooser }),
      },
    ];
  });
}

/** The axis of losses: logarithmic where they span decades. */
export function lossAxis(losses: readonly (number | null)[]): ChartAxis {
  const isLogarithmic = spansDecades(losses.filter((loss) => loss !== null));
  const label = isLogarithmic ? "Loss (nats), log scale" : "Loss (nats)";
  return { label, scale: isLogarithmic ? "log10" : "linear", format: "loss" };
}

/** A run's line in one chart, with its letter at the end; nothing where it has no value. */
function lineOf(
  { key, label, index, stepsPerEpoch, curves }: OverlaidRun,
  { name, unit }: Kind,
  isInSteps: boolean,
): readonly { readonly series: ChartSeries; readonly marks: readonly ChartMark[] }[] {
  const points = curves[name].map(({ x, y }) => ({
    x: isInSteps ? x : rounded(x / stepsPerEpoch),
    y: y === null ? null : rounded(unit === "accuracy" ? 100 * y : y),
  }));
  const last = points.findLast(({ y }) => y !== null);
  if (last === undefined || last.y === null) return [];
  const letter = seriesLetter(index);
  const series = {
    key,
    label: `${letter} ${label}`,
    look: nthLook(index, name === "trainLoss" ? "none" : "all"),
    x: points.map(({ x }) => x),
    y: points.map(({ y }) => y),
  };
  return [{ series, marks: [{ key, x: last.x, y: last.y, text: letter }] }];
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
