/** A chart of lines or of marked points, as the page's script draws it. It is plain data: it goes into the page as JSON. */
export interface Chart {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
  /** Labels at points. A logarithmic axis is as long as series and marks need, whatever part is zoomed. */
  readonly marks?: readonly ChartMark[];
  /** What the shapes of the marks stand for: listed under the chart, in place of the values under the mouse. */
  readonly shapes?: readonly ShapeMeaning[];
  /** What the chart shows, for a reader who cannot see it; by default how each line begins and ends. */
  readonly description?: string;
  /** The name of the check boxes (`seriesChooser`) that show and hide the series and marks that have a `key`. */
  readonly chooser?: string;
  /** Charts of the same group show their values at the same x while the mouse is over one of them. */
  readonly cursorGroup?: string;
}

/** An axis of a chart. */
export interface ChartAxis {
  readonly label: string;
  /** `log2` has its ticks where the series have their points, as for batch sizes. */
  readonly scale: "linear" | "log2" | "log10";
  readonly format: ValueFormat;
  /** First and last value while nothing is zoomed, not for a logarithmic axis; by default what the series need. */
  readonly range?: readonly [number, number];
}

/** How numbers are written: `120`; `0.4567` or `1.23e-5`; `90.12%` (of values from 0 to 100); `12.3k`. */
export type ValueFormat = "integer" | "loss" | "percent" | "short";

/** A line over ascending x. */
export interface ChartSeries {
  readonly label: string;
  readonly look: LineLook;
  readonly x: readonly number[];
  /** As many as there are x. Null breaks the line: the value is not finite. */
  readonly y: readonly (number | null)[];
  /** The value of the check box that shows it; without a key it is always shown. */
  readonly key?: string;
}

/** How a line looks. Lines differ in more than their colour, so that they are told apart without it. */
export interface LineLook {
  /** The custom property of the style sheet that holds the colour, for light and dark: `--line-train`. */
  readonly color: string;
  /** Units: CSS pixels. */
  readonly width: number;
  /** Lengths of dashes and gaps; none for a solid line. Units: CSS pixels. */
  readonly dash?: readonly number[];
  /** Which points get a dot: `sparse` shows dots where they do not touch each other. */
  readonly dots: "all" | "sparse" | "none";
  /** Units: CSS pixels. */
  readonly dotSize: number;
  /** Whether dots are filled with the surface's colour instead of the line's. */
  readonly hollow?: boolean;
  /** Whether no line joins the points. */
  readonly pointsOnly?: boolean;
}

/** A label at a point. */
export interface ChartMark {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Drawn at the point; without it the label stands at the end of a line. */
  readonly shape?: MarkShape;
  /** The lowest and the highest value at x, drawn as a bar. */
  readonly spread?: readonly [number, number];
  /** As of a series. */
  readonly key?: string;
}

/** The shapes of points, each in a colour of its own: `--series-0` for the first, and so on. */
export const markShapes = ["circle", "square", "triangle", "diamond", "cross", "plus"] as const;
export type MarkShape = (typeof markShapes)[number];

/** What a shape stands for. */
export interface ShapeMeaning {
  readonly shape: MarkShape;
  readonly label: string;
}

/** The lines of a training: the loss of each logged step, an epoch's mean, values of validation and test set, rates. */
export const trainingLooks = {
  step: { color: "--line-step", width: 1, dots: "sparse", dotSize: 5 },
  train: { color: "--line-train", width: 2, dots: "all", dotSize: 7 },
  validation: { color: "--line-validation", width: 2, dash: [2, 3], dots: "all", dotSize: 7 },
  rate: { color: "--line-train", width: 2, dots: "none", dotSize: 7 },
  test: { color: "--line-test", width: 2, dash: [6, 4], dots: "all", dotSize: 8, hollow: true },
} as const satisfies Readonly<Record<string, LineLook>>;

/** A bound that the lines are compared with. */
export const limitLook: LineLook = { color: "--text", width: 1.5, dots: "none", dotSize: 7, hollow: true };

/** The custom properties `--series-0` and so on. */
const COLORS = 8;

/** Of all but the first, whose line is solid. */
const DASHES: readonly (readonly number[] | undefined)[] = [
  undefined,
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [5, 2],
  [14, 4],
  [2, 6],
  [8, 3, 2, 3, 2, 3],
];

/** The look of one of many lines: eight colours in turn, with another dash in each of eight turns. */
export function nthLook(index: number, dots: LineLook["dots"] = "none"): LineLook {
  const color = index % COLORS;
  const dash = DASHES[(color + Math.floor(index / COLORS)) % DASHES.length];
  const line = { color: `--series-${color}`, width: 2, dots, dotSize: 7, hollow: true };
  return dash === undefined ? line : { ...line, dash };
}

/** A letter that stands for one of many lines: A to Z, then A1. */
export function seriesLetter(index: number): string {
  const turn = Math.floor(index / 26);
  return `${String.fromCharCode(65 + (index % 26))}${turn === 0 ? "" : turn}`;
}
