import { type Html, html } from "../document/html.js";
import type { Chart } from "./chart.js";
import { seriesChooser } from "./chooser.js";
import { chartFigure } from "./figure.js";
import { type OverlaidRun, overlayCharts } from "./overlay.js";

/** Which runs are overlaid, and how they are chosen. */
export interface OverlayFigures {
  /** How the ids of the charts begin, and the name of the check boxes: unique in the page. */
  readonly id: string;
  readonly runs: readonly OverlaidRun[];
  /** The keys of the runs shown at first; by default all, of many the first eight. */
  readonly chosen?: readonly string[];
  /** What the check boxes choose: `Runs shown` by default. */
  readonly legend?: string;
}

/** More lines than there are colours are hard to tell apart. */
const SHOWN_AT_FIRST = 8;

/**
 * The curves of several runs over each other, under check boxes that choose which are shown: losses and accuracies, as
 * far as any run has them. A line has a letter, a colour and a dash of its own, the same in all charts. Rows of a table
 * may have boxes too: `chooserBox(id, ...)`.
 *
 * @example
 * ```ts
 * const runs = await Promise.all(
 *   folders.map(async (folder, index) => {
 *     const { curves, stepsPerEpoch } = await readRunCurves(folder);
 *     return { key: folder, label: folder, index, stepsPerEpoch, curves };
 *   }),
 * );
 * const figures = overlayFigures({ id: "runs", runs });
 * ```
 */
export function overlayFigures({ id, runs, chosen, legend = "Runs shown" }: OverlayFigures): Html {
  const charts = overlayCharts(id, runs, id);
  if (charts.length === 0) return html`<p class="note">None of the runs has logged a loss yet.</p>`;
  const isChosen = (key: string, index: number): boolean =>
    chosen === undefined ? index < SHOWN_AT_FIRST : chosen.includes(key);
  const items = runs.map(({ key, label, index }, position) => ({
    ...{ key, label, index },
    isChosen: isChosen(key, position),
  }));
  return html`<noscript><p class="note">The charts need JavaScript, which is disabled here. The rest of the page works without it.</p></noscript>
${seriesChooser(id, legend, items)}
<div class="charts">
${charts.map((chart: Chart) => chartFigure(chart))}
</div>
<p class="hint">Drag across a chart to zoom in; double-click to zoom out.</p>`;
}
