/**
 * Draws the charts of a page with uPlot: reads the JSON (`Chart`) of each `.chart`, and
 * draws it there, as wide as that is, in the colours of the page's style sheet.
 */
import "./english.js";
import uPlot from "uplot";
import type { Chart } from "../charts/chart.js";
import { HEIGHT, plotOptions } from "./options.js";

interface Drawing {
  readonly host: HTMLElement;
  readonly chart: Chart;
  plot: uPlot;
}

const root = document.documentElement;
const places = [...document.querySelectorAll<HTMLElement>(".chart")].map((host) => {
  const data = document.getElementById(`${host.id}-data`)?.textContent;
  if (data == null) throw new Error(`the chart ${host.id} has no data`);
  return { host, chart: JSON.parse(data) as Chart };
});
let drawings: readonly Drawing[] = [];

function draw(): void {
  for (const { plot } of drawings) plot.destroy();
  drawings = places.map(({ host, chart }) => {
    const data = uPlot.join(chart.series.map(({ x, y }) => [[...x], [...y]]));
    return { host, chart, plot: new uPlot(plotOptions(chart, host.clientWidth), data, host) };
  });
}

function fit(): void {
  for (const { host, plot } of drawings) {
    const width = host.clientWidth;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT });
  }
}

/** On paper the light colours are used, and a width that a page holds: see the style sheet. */
function drawForPrinting(isPrinting: boolean): void {
  root.toggleAttribute("data-printing", isPrinting);
  draw();
}

draw();
addEventListener("resize", fit);
addEventListener("beforeprint", () => drawForPrinting(true));
addEventListener("afterprint", () => drawForPrinting(false));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
