import { type Html, html } from "@nin/page";
import type { AccuracyResult, BenchResult } from "../../result/format.js";
import { rate, share, time } from "../figures.js";
import { groupBy } from "../group-by.js";
import { type Chart, chartBlock, letter } from "./chart.js";

/** How long it takes to train until so many test images are right. */
export function accuracySection({ accuracy }: BenchResult): Html | undefined {
  if (accuracy.length === 0) return undefined;
  const groups = groupBy(
    accuracy,
    ({ model, batch, recipe, data }) => `${model}, batch ${batch}, ${recipe}, ${data}`,
  );
  return html`<section aria-labelledby="accuracy">
<h2 id="accuracy">Time to an accuracy</h2>
<p class="note">Training alone, evaluations left out; each once.</p>
<div class="charts">${groups.map(([name, members], index) => chartBlock(chartOf(name, members, index)))}</div>
<div class="scroll"><table class="figures">
<thead><tr><th>contestant</th><th class="words">what</th><th>accuracy</th><th>training</th><th>images</th><th>images/s</th></tr></thead>
<tbody>${accuracy.map(row)}</tbody>
</table></div>
</section>`;
}

function row({
  contestant,
  model,
  recipe,
  data,
  target,
  reached,
  accuracies,
  trainMs,
  images,
}: AccuracyResult): Html {
  const last = share(accuracies.at(-1)?.accuracy ?? null);
  return html`<tr><th>${contestant}</th><td class="words">${model}, ${recipe}, ${data}</td><td>${last}${!reached && `, ${share(target)} not reached`}</td><td>${time(trainMs)}</td><td>${images}</td><td>${rate((1000 * images) / trainMs)}</td></tr>`;
}

function chartOf(name: string, results: readonly AccuracyResult[], index: number): Chart {
  return {
    id: `accuracy-${index}`,
    title: `Loss over time: ${name}`,
    xLabel: "Seconds of training",
    yLabel: "Loss (nats)",
    xScale: "log10",
    yScale: "linear",
    series: results.map(({ contestant, curve, steps, trainMs }, style) => ({
      label: `${letter(style)} ${contestant}`,
      style,
      points: false,
      x: curve.map(({ step }) => (step / steps) * (trainMs / 1000)),
      y: curve.map(({ loss }) => (Number.isFinite(loss) ? loss : null)),
    })),
    marks: results.map(({ curve, trainMs }, style) => ({
      x: trainMs / 1000,
      y: curve.at(-1)?.loss ?? 0,
      text: letter(style),
    })),
  };
}
