import { type Html, html, jsonScript } from "@nin/page";

/** A chart that the page's script draws; see `charts-script.ts`. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Logarithmic axes; of batch sizes to the base 2. */
  readonly xScale: "linear" | "log2" | "log10";
  readonly yScale: "linear" | "log10";
  readonly series: readonly Series[];
  /** Words at points, so that they are told apart without colour. */
  readonly marks: readonly Mark[];
}

export interface Series {
  readonly label: string;
  /** Which colour and dashes, from 0; -1 for a limit, in the text's colour. */
  readonly style: number;
  readonly line: boolean;
  readonly points: boolean;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Drawn at the point; without it the text stands at a line's end. */
  readonly shape?: "circle" | "square";
}

/** The place of a chart and its data; a reader of the page's text is told what it shows. */
export function chartBlock(chart: Chart): Html {
  const { id, title, series } = chart;
  const names = series.map(({ label }) => label).join(", ");
  return html`<div class="chart-block">
<h3>${title}</h3>
<div class="chart" id="${id}" role="img" aria-label="${`Chart: ${title}. ${names}.`}"></div>
${jsonScript(`${id}-data`, chart)}
</div>`;
}

/** A word to tell things apart by: A to Z, then A1. */
export function letter(index: number): string {
  const turn = Math.floor(index / 26);
  return `${String.fromCharCode(65 + (index % 26))}${turn === 0 ? "" : turn}`;
}
