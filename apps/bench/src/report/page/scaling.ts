import { type Html, html } from "@nin/page";
import type { BenchResult, CaseResult } from "../../result/format.js";
import { groupBy } from "../group-by.js";
import { type Chart, chartBlock, letter } from "./chart.js";

/** Speed over batch size, for what was measured at several. */
export function scalingSection({ cases }: BenchResult): Html | undefined {
  const groups = groupBy(cases, ({ model, mode, precision }) =>
    [model, mode, ...(precision === "f32" ? [] : [precision])].join(", "),
  );
  const charts = groups
    .filter(([, members]) => members.length > 1)
    .map(([name, members], index) => chartOf(name, members, index))
    .filter(({ series }) => series.length > 0);
  if (charts.length === 0) return undefined;
  return html`<section aria-labelledby="scaling">
<h2 id="scaling">Over batch size</h2>
<div class="charts">${charts.map(chartBlock)}</div>
</section>`;
}

function chartOf(name: string, cases: readonly CaseResult[], index: number): Chart {
  const sorted = cases.toSorted((a, b) => a.batch - b.batch);
  const names = [...new Set(sorted.flatMap(({ entries }) => entries.map(({ contestant }) => contestant)))];
  const series = names.flatMap((contestant) => {
    const points = sorted.flatMap(({ batch, entries }) => {
      const speed = entries.find((entry) => entry.contestant === contestant)?.measured?.imagesPerSecond
        .median;
      return speed === undefined ? [] : [{ x: batch, y: speed }];
    });
    return points.length < 2 ? [] : [{ contestant, points }];
  });
  return {
    id: `scaling-${index}`,
    title: name,
    xLabel: "Images in a batch",
    yLabel: "Images/s",
    xScale: "log2",
    yScale: "log10",
    series: series.map(({ contestant, points }, style) => ({
      label: `${letter(style)} ${contestant}`,
      style,
      points: true,
      x: points.map(({ x }) => x),
      y: points.map(({ y }) => y),
    })),
    marks: series.flatMap(({ points }, style) => {
      const last = points.at(-1);
      return last === undefined ? [] : [{ ...last, text: letter(style) }];
    }),
  };
}
