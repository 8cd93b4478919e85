import uPlot from "uplot";
import type { Chart } from "../charts/chart.js";
import { chartDescription } from "../charts/description.js";
import { chosenKeys } from "./choosers.js";
import { HEIGHT, plotOptions } from "./options.js";

/** A chart in its place. */
interface Drawing {
  readonly host: HTMLElement;
  chart: Chart;
  plot: uPlot;
}

const root = document.documentElement;
/** By the id of the chart. */
const drawings = new Map<string, Drawing>();

/**
 * Draws the JSON (`Chart`) of each `.chart` of the page, as wide as that is, in the colours of the style sheet, and
 * again whenever these change.
 */
export function startDrawings(): void {
  for (const host of document.querySelectorAll<HTMLElement>(".chart")) {
    const data = document.getElementById(`${host.id}-data`)?.textContent;
    if (data == null) throw new Error(`the chart ${host.id} has no data`);
    show(host, JSON.parse(data) as Chart);
  }
  addEventListener("resize", fit);
  addEventListener("beforeprint", () => drawForPrinting(true));
  addEventListener("afterprint", () => drawForPrinting(false));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
}

/** Draws a chart in a place where it is new, or has other data than before; what is zoomed or under the mouse stays. */
export function show(host: HTMLElement, chart: Chart): void {
  const before = drawings.get(host.id);
  if (before === undefined) {
    drawings.set(host.id, { host, chart, plot: draw(host, chart) });
    return;
  }
  const zoomed = zoomOf(before.plot);
  const { left, top } = before.plot.cursor;
  before.chart = chart;
  redraw(before);
  if (zoomed !== undefined) before.plot.setScale("x", zoomed);
  if (left !== undefined && top !== undefined && left >= 0) before.plot.setCursor({ left, top });
}

/** Removes a chart from its place. */
export function remove(host: HTMLElement): void {
  drawings.get(host.id)?.plot.destroy();
  drawings.delete(host.id);
}

/** Draws the charts again whose lines are chosen by check boxes of this name. */
export function drawChosen(chooser: string): void {
  for (const drawing of drawings.values()) if (drawing.chart.chooser === chooser) redraw(drawing);
}

function drawAll(): void {
  for (const drawing of drawings.values()) redraw(drawing);
}

function redraw(drawing: Drawing): void {
  drawing.plot.destroy();
  drawing.plot = draw(drawing.host, drawing.chart);
}

function draw(host: HTMLElement, chart: Chart): uPlot {
  const shown = chosenPart(chart);
  host.setAttribute("aria-label", chartDescription(shown));
  const tables: uPlot.AlignedData[] = shown.series.map(({ x, y }) => [[...x], [...y]]);
  const data: uPlot.AlignedData = tables.length === 0 ? [[]] : uPlot.join(tables);
  return new uPlot(plotOptions(shown, host.clientWidth), data, host);
}

/** The chart with those lines alone that are chosen. */
function chosenPart(chart: Chart): Chart {
  const { chooser, series, marks = [] } = chart;
  if (chooser === undefined) return chart;
  const keys = chosenKeys(chooser);
  const isShown = ({ key }: { readonly key?: string }): boolean => key === undefined || keys.has(key);
  return { ...chart, series: series.filter(isShown), marks: marks.filter(isShown) };
}

/** The part of x that a reader has zoomed to; undefined while all is shown. */
function zoomOf({ scales, data }: uPlot): { readonly min: number; readonly max: number } | undefined {
  const { min, max } = scales.x ?? {};
  const [xs] = data;
  if (min == null || max == null || xs.length === 0) return undefined;
  const isWhole = min <= Math.min(...xs) && max >= Math.max(...xs);
  return isWhole ? undefined : { min, max };
}

function fit(): void {
  for (const { host, plot } of drawings.values()) {
    const width = host.clientWidth;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT });
  }
}

/** On paper the light colours are used, and a width that a page holds: see the style sheet. */
function drawForPrinting(isPrinting: boolean): void {
  root.toggleAttribute("data-printing", isPrinting);
  drawAll();
}
