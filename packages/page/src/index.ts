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
  nthLook,
  seriesLetter,
  trainingLooks,
  type ValueFormat,
} from "./charts/chart.js";
export { type CurvePoint, downsample } from "./charts/downsample.js";
export { chartFigure } from "./charts/figure.js";
export { htmlDocument, type PageContents } from "./document/document.js";
export { collapsible, Html, type HtmlValue, html, jsonScript } from "./document/html.js";
export { commonStyle } from "./document/style.js";
export { markdownCode, markdownText } from "./text/markdown.js";
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
