import { formatLoss, formatPercent, type Html, html, jsonScript } from "@nin/page";
import { type CurveChart, curveData } from "./curve-data.js";
import { epochsTable } from "./epochs-table.js";
import type { RunHistory } from "./run-history.js";

/** The charts' places and data, which the page's script draws, and the epochs' figures. */
export function curvesSection(history: RunHistory): Html {
  const data = curveData(history);
  const chart = (id: string): CurveChart | undefined => data.charts.find((candidate) => candidate.id === id);
  return html`<section aria-labelledby="curves-heading">
<h2 id="curves-heading">Training</h2>
${data.charts.length > 0 && html`<noscript><p class="note">The charts are drawn by a script, and scripts are off here. All else on this page needs none.</p></noscript>`}
<div class="charts">
${figure("Cross-entropy loss", chart("chart-loss"), noLoss(history))}
${figure("Test accuracy", chart("chart-accuracy"), "The test images were not evaluated.")}
</div>
${data.charts.length > 0 && html`<p class="hint">Drag across a chart to zoom in; double-click to zoom out.</p>`}
${jsonScript("curves", data)}
${epochsTable(history.epochs)}
</section>`;
}

function figure(title: string, chart: CurveChart | undefined, otherwise: string): Html {
  const body =
    chart === undefined
      ? html`<p class="note">${otherwise}</p>`
      : html`<div class="chart" id="${chart.id}" role="img" aria-label="${description(title, chart)}"></div>`;
  return html`<div class="chart-block">
<h3>${title}</h3>
${body}
</div>`;
}

function noLoss(history: RunHistory): string {
  return history.steps.length + history.epochs.length > 0
    ? "No logged loss is a finite number."
    : "No step has been logged yet.";
}

/** What a reader who cannot see the chart is told. */
function description(title: string, { unit, series }: CurveChart): string {
  const show = (value: number | null | undefined): string =>
    unit === "percent" ? formatPercent((value ?? 0) / 100) : formatLoss(value);
  const lines = series.map(({ label, y }) => {
    const values = y.filter((value) => value !== null);
    return `${label}: from ${show(values[0])} to ${show(values.at(-1))}.`;
  });
  return `Line chart: ${title} over the training steps. ${lines.join(" ")}`;
}
