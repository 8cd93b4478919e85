/**
 * HTML pages that are one file each.
 *
 * @example
 * ```ts
 * import { html } from "@nin/page";
 *
 * const cell = html`<td>${"a < b"}</td>`;
 * console.log(cell.text);
 * ```
 *
 * @packageDocumentation
 */
export { type ChartAssets, chartAssets } from "./charts/assets.js";
export {
  type Chart,
  type ChartAxis,
  type ChartMark,
  type ChartSeries,
  type LineLook,
  limitLook,
  type MarkShape,
  markShapes,
  nthLook,
  type ShapeMeaning,
  seriesLetter,
  trainingLooks,
  type ValueFormat,
} from "./charts/chart.js";
export { type ChooserItem, chooserBox, lineSample, seriesChooser } from "./charts/chooser.js";
export { type CurvePoint, downsample } from "./charts/downsample.js";
export { chartFigure } from "./charts/figure.js";
export { lossAxis, type OverlaidRun, overlayCharts, type RunCurves } from "./charts/overlay.js";
export { type OverlayFigures, overlayFigures } from "./charts/overlay-figures.js";
export { type Scatter, type ScatterGroup, type ScatterPoint, scatterChart } from "./charts/scatter.js";
export { contentPolicy, htmlDocument, type PageContents } from "./document/document.js";
export { collapsible, Html, type HtmlValue, html, jsonScript } from "./document/html.js";
export { commonStyle } from "./document/style.js";
export { liveAssets, liveOverlay, liveState } from "./live/assets.js";
export type { LiveCurves, LiveRow, LiveRows, LiveUpdate } from "./live/update.js";
export { compareValues, type SortDirection, type SortValue } from "./table/order.js";
export {
  type SortableColumn,
  type SortableTable,
  sortableRow,
  sortableTable,
} from "./table/sortable-table.js";
export { type MarkdownColumn, markdownCode, markdownTable, markdownText } from "./text/markdown.js";
export {
  counted,
  finite,
  formatCount,
  formatDuration,
  formatLoss,
  formatPercent,
  formatRate,
  NO_NUMBER,
} from "./text/numbers.js";
