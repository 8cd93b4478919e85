import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Html, html } from "../document/html.js";

/** What a page with charts, sortable tables or choosers puts into itself. */
export interface ChartAssets {
  /** CSS: uPlot's, and that of the charts' places. */
  readonly style: string;
  /** JavaScript that draws the charts of the page and sorts its tables: ours and uPlot's, led by the licence of the latter. */
  readonly script: string;
  /** A sentence for the page's footer that names the library. */
  readonly credit: Html;
}

const CHARTS_STYLE = `
:root {
  --line-step: #7592bf; --line-train: #1f5fbf; --line-test: #b54708; --line-validation: #1a6b3c;
  --series-0: #1f5fbf; --series-1: #b54708; --series-2: #1a6b3c; --series-3: #8a3ab9;
  --series-4: #0e7490; --series-5: #a1123f; --series-6: #6b5b00; --series-7: #475569;
}
@media screen and (prefers-color-scheme: dark) {
  :root:not([data-printing]) {
    --line-step: #6481b3; --line-train: #82b1ff; --line-test: #ffa057; --line-validation: #7fd6a2;
    --series-0: #82b1ff; --series-1: #ffa057; --series-2: #7fd6a2; --series-3: #d3a4f5;
    --series-4: #6fd3ea; --series-5: #ff8fab; --series-6: #e3d26f; --series-7: #b6c2d1;
  }
}
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem; }
.chart-block { min-width: 0; padding: 1rem; border: 1px solid var(--border); border-radius: 0.5rem; background: var(--surface); }
.chart-block h3 { margin: 0 0 0.5rem; }
.chart { min-height: 21rem; overflow: hidden; }
:root[data-printing] .charts { grid-template-columns: 328px 328px; }
.uplot { font-family: inherit; }
.u-legend { font-size: 0.8125rem; text-align: left; margin: 0.25rem 0 0; font-variant-numeric: tabular-nums; }
.u-legend th { font-weight: 400; }
.u-legend .u-value { min-width: 4em; }
.u-inline tr { margin-right: 8px; }
.u-legend tr:first-child .u-marker { display: none; }
.u-select { background: color-mix(in srgb, var(--accent) 15%, transparent); }
.u-hz .u-cursor-x { border-right-color: var(--muted); }
.charts ~ .scroll, .charts ~ details { margin-top: 1.5rem; }
.chart:has(+ script + .shapes) { min-height: 18.75rem; }
.shapes { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0.5rem 0 0; padding: 0; list-style: none; font-size: 0.8125rem; }
.shapes li { display: flex; align-items: center; gap: 0.375rem; }
.chooser { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0 0 1rem; padding: 0; border: 0; min-width: 0; font-size: 0.875rem; }
.chooser legend { padding: 0; margin-bottom: 0.25rem; color: var(--muted); font-size: 0.8125rem; }
.chooser label { display: flex; align-items: center; gap: 0.5rem; min-height: 1.5rem; min-width: 0; cursor: pointer; }
.chooser label > span:last-child { overflow-wrap: anywhere; }
input[type="checkbox"] { accent-color: var(--accent); width: 1rem; height: 1rem; margin: 0; flex: none; vertical-align: middle; }
.chooser-all { display: flex; gap: 0.5rem; }
.chooser-all button { font: inherit; padding: 0 0.5rem; border: 1px solid var(--border); border-radius: 0.25rem; background: var(--surface); color: var(--accent); cursor: pointer; }
.line-sample { display: inline-flex; align-items: center; gap: 0.375rem; white-space: nowrap; vertical-align: middle; margin-right: 0.5rem; }
.chooser .line-sample { margin-right: 0; }
@media (max-width: 40rem) {
  .chart-block { padding: 0.75rem; }
}
`;

/**
 * Reads what a page with charts needs: such a page is one file that asks for nothing outside itself.
 *
 * @throws the error of the file system where this package was not built
 */
export function chartAssets(): ChartAssets {
  const { resolve } = createRequire(import.meta.url);
  const read = (file: string): string => readFileSync(resolve(`uplot/${file}`), "utf8").trim();
  const { version } = JSON.parse(read("package.json")) as { version: string };
  return {
    style: `${read("dist/uPlot.min.css")}\n${CHARTS_STYLE}`,
    script: bundledScript("charts"),
    credit: html`Charts by uPlot ${version}, \u00a9 Leon Sorokin, MIT licence: its text is in this page\u2019s source.`,
  };
}

/** The bundle of a module of `src/browser` and uPlot, which the build writes. */
export function bundledScript(name: "charts" | "live"): string {
  const manifest = createRequire(import.meta.url).resolve("@nin/page/package.json");
  return `${readFileSync(join(dirname(manifest), "dist/browser", `${name}.js`), "utf8").trim()}\n`;
}
