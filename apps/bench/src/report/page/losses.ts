import { type Html, html } from "@nin/page";
import { caseName } from "../../result/case-name.js";
import type { BenchResult, CaseResult } from "../../result/format.js";
import { type Chart, chartBlock, letter } from "./chart.js";

/** More charts than this tell the same. */
const MOST_CHARTS = 4;

/** The losses of the first steps of all contestants, over each other. */
export function lossSection({ cases }: BenchResult): Html | undefined {
  const charts = cases
    .filter(({ mode, entries }) => mode !== "forward" && entries.some(({ losses }) => losses.length > 2))
    .slice(0, MOST_CHARTS)
    .map(chartOf);
  if (charts.length === 0) return undefined;
  return html`<section aria-labelledby="losses">
<h2 id="losses">Losses of the first steps</h2>
<p class="note">From the same weights, on the same images. This repository\u2019s backends drop the same units and lie on one line; a peer draws its own.</p>
<div class="charts">${charts.map(chartBlock)}</div>
</section>`;
}

function chartOf(of: CaseResult, index: number): Chart {
  const drawn = of.entries.filter(({ losses }) => losses.length > 2);
  return {
    id: `losses-${index}`,
    title: caseName(of),
    xLabel: "Training step",
    yLabel: "Loss (nats)",
    xScale: "linear",
    yScale: "linear",
    series: drawn.map(({ contestant, losses }, style) => ({
      label: `${letter(style)} ${contestant}`,
      style,
      points: false,
      x: losses.map((_, step) => step + 1),
      y: losses.map((loss) => (Number.isFinite(loss) ? loss : null)),
    })),
    marks: drawn.map(({ losses }, style) => ({
      x: losses.length,
      y: losses.at(-1) ?? 0,
      text: letter(style),
    })),
  };
}
