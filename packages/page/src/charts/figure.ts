import { type Html, html, jsonScript } from "../document/html.js";
import { type Chart, type MarkShape, markShapes, type ShapeMeaning } from "./chart.js";
import { chartDescription } from "./description.js";

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
<div class="chart" id="${chart.id}" role="img" aria-label="${chartDescription(chart)}"></div>
${jsonScript(`${chart.id}-data`, chart)}${chart.shapes !== undefined && shapeList(chart.shapes)}
</div>`;
}

/** As the script draws them: paths around the origin. Units: pixels. */
const SHAPE_PATHS: Readonly<Record<MarkShape, string>> = {
  circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
  square: "M-4 -4h8v8h-8z",
  triangle: "M0 -5L5 4H-5z",
  diamond: "M0 -5.5L5.5 0L0 5.5L-5.5 0z",
  cross: "M-4 -4L4 4M-4 4L4 -4",
  plus: "M-5 0H5M0 -5V5",
};

function shapeList(shapes: readonly ShapeMeaning[]): Html {
  const item = ({ shape, label }: ShapeMeaning): Html =>
    html`<li><svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true"><path d="${SHAPE_PATHS[shape]}" fill="none" stroke-width="2" style="stroke:var(--series-${markShapes.indexOf(shape)})"></path></svg>${label}</li>`;
  return html`\n<ul class="shapes">${shapes.map(item)}</ul>`;
}
