import {
  type ChartMark,
  chartFigure,
  type Html,
  limitLook,
  nthLook,
  type Chart as PageChart,
  seriesLetter,
} from "@nin/page";

/** A chart of the benchmark's page. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xScale: PageChart["x"]["scale"];
  readonly yScale: "linear" | "log10";
  readonly series: readonly Series[];
  /** Labels at points, so that they can be told apart without colour. */
  readonly marks: readonly ChartMark[];
}

/** A line of a chart. */
export interface Series {
  readonly label: string;
  /** The number of the line, from 0, which decides its colour and dashes; -1 for a limit, in the text's colour. */
  readonly style: number;
  /** Whether its points are shown. */
  readonly points: boolean;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

/** The place of a chart in the page, with its data. */
export function chartBlock({ series, xLabel, yLabel, xScale, yScale, ...chart }: Chart): Html {
  return chartFigure({
    ...chart,
    x: { label: xLabel, scale: xScale, format: "short" },
    y: { label: yLabel, scale: yScale, format: "short" },
    series: series.map(({ style, points, ...line }) => ({
      ...line,
      look: style < 0 ? limitLook : nthLook(style, points ? "all" : "none"),
    })),
  });
}

/** A letter to tell things apart by. */
export const letter = seriesLetter;
