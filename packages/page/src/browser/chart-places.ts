import type { Chart } from "../charts/chart.js";
import { remove, show } from "./drawings.js";

/** Shows a chart in a place of charts: in its own block, which is made at the end where there is none yet. */
export function showIn(place: HTMLElement, chart: Chart): void {
  show(document.getElementById(chart.id) ?? makeBlock(place, chart), chart);
}

/** Removes the charts of a place that are not among the given ones. */
export function keepOnly(place: HTMLElement, charts: readonly Chart[]): void {
  const kept = new Set(charts.map(({ id }) => id));
  for (const host of place.querySelectorAll<HTMLElement>(".chart")) {
    if (kept.has(host.id)) continue;
    remove(host);
    host.closest(".chart-block")?.remove();
  }
}

/** As `chartFigure` makes it. */
function makeBlock(place: HTMLElement, { id, title }: Chart): HTMLElement {
  const block = document.createElement("div");
  block.className = "chart-block";
  const heading = document.createElement("h3");
  heading.textContent = title;
  const host = document.createElement("div");
  host.className = "chart";
  host.id = id;
  host.setAttribute("role", "img");
  block.append(heading, host);
  place.append(block);
  return host;
}
