import { NO_NUMBER } from "../text/numbers.js";
import type { Chart, ChartSeries } from "./chart.js";
import { formatValue } from "./format-value.js";

/** What a chart shows, for a reader who cannot see it. It runs in Node and in the page. */
export function chartDescription({ title, x, y, series, description }: Chart): string {
  if (description !== undefined) return description;
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
