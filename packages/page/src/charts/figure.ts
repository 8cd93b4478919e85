import { type Html, html, jsonScript } from "../document/html.js";
import { NO_NUMBER } from "../text/numbers.js";
import type { Chart, ChartSeries } from "./chart.js";
import { formatValue } from "./format-value.js";

/**
 * The place of a chart in a page, under its title, with its data as JSON. The script of `chartAssets` draws it; to a
 * screen reader it is an image with a description.
 *
 * @example
 * ```ts
 * const chart: Chart = {
 *   id: "loss",
 *   title: "Cross-entropy loss",
 *   x: { label: "Training step", scale: "linear", format: "integer" },
 *   y: { label: "Loss (nats)", scale: "linear", format: "loss" },
 *   series: [{ label: "Training", look: trainingLooks.train, x: [1, 2], y: [2.3, 1.9] }],
 * };
 * const { style, script, credit } = chartAssets();
 * const page = htmlDocument({
 *   title: "A run",
 *   style: commonStyle + style,
 *   main: html`<div class="charts">${chartFigure(chart)}</div>`,
 *   footer: credit,
 *   script,
 * });
 * ```
 */
export function chartFigure(chart: Chart): Html {
  return html`<div class="chart-block">
<h3>${chart.title}</h3>
<div class="chart" id="${chart.id}" role="img" aria-label="${chart.description ?? chartDescription(chart)}"></div>
${jsonScript(`${chart.id}-data`, chart)}
</div>`;
}

/** What the lines of a chart show, for a reader who cannot see them. */
function chartDescription({ title, x, y, series }: Chart): string {
  const lines = series.map((line) => rangeOf(line, y.format));
  return `Line chart: ${title}. ${y.label} over ${x.label}. ${lines.join(" ")}`.trim();
}

/** `Test: from 0.4800 to 0.3300.` */
function rangeOf({ label, y }: ChartSeries, format: Chart["y"]["format"]): string {
  const values = y.filter((value) => value !== null);
  const text = (value: number | undefined): string =>
    value === undefined ? NO_NUMBER : formatValue(value, format);
  return `${label}: from ${text(values[0])} to ${text(values.at(-1))}.`;
}
