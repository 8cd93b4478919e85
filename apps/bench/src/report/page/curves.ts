import { type Chart, chartFigure, type Html, html, nthLook, seriesLetter } from "@nin/page";
import { at } from "@nin/spec";
import { type AccuracyResult, type BenchResult, type CaseResult, caseName } from "../../result/format.js";
import { groupBy, rate, share, time } from "../figures.js";

/** More charts than these would show the same again. */
const MAX_LOSS_CHARTS = 4;

/** Speed over batch size, for what was measured at several. */
export function scalingSection({ cases }: BenchResult): Html | undefined {
  const groups = groupBy(cases, ({ model, mode, precision, resident }) =>
    [
      model,
      mode,
      ...(precision === "f32" ? [] : [precision]),
      ...(resident === undefined ? [] : [`resident ${resident}`]),
    ].join(", "),
  );
  const charts = groups
    .filter(([, members]) => members.length > 1)
    .map(([name, members], index) => scalingChart(name, members, index))
    .filter(({ series }) => series.length > 0);
  if (charts.length === 0) return undefined;
  return html`<section aria-labelledby="scaling">
<h2 id="scaling">Speed by batch size</h2>
<div class="charts">${charts.map(chartFigure)}</div>
</section>`;
}

function scalingChart(name: string, cases: readonly CaseResult[], index: number): Chart {
  const sorted = cases.toSorted((a, b) => a.batch - b.batch);
  const names = [
    ...new Set(sorted.flatMap(({ entries }) => entries.map(({ implementation }) => implementation))),
  ];
  const series = names.flatMap((implementation) => {
    const points = sorted.flatMap(({ batch, entries }) => {
      const entry = entries.find((candidate) => candidate.implementation === implementation);
      const speed = entry?.measured?.imagesPerSecond.median;
      return speed === undefined ? [] : [{ x: batch, y: speed }];
    });
    return points.length < 2 ? [] : [{ implementation, points }];
  });
  return {
    id: `scaling-${index}`,
    title: name,
    x: { label: "Batch size", scale: "log2", format: "short" },
    y: { label: "Images/s", scale: "log10", format: "short" },
    series: series.map(({ implementation, points }, style) => ({
      label: `${seriesLetter(style)} ${implementation}`,
      look: nthLook(style, "all"),
      x: points.map(({ x }) => x),
      y: points.map(({ y }) => y),
    })),
    marks: series.map(({ points }, style) => ({ ...at(points, -1), text: seriesLetter(style) })),
  };
}

/** The losses of the first steps of all implementations, in one chart for each case. */
export function lossSection({ cases }: BenchResult): Html | undefined {
  const charts = cases
    .filter(({ mode, entries }) => mode !== "forward" && entries.some(({ losses }) => losses.length > 2))
    .slice(0, MAX_LOSS_CHARTS)
    .map(lossChart);
  if (charts.length === 0) return undefined;
  return html`<section aria-labelledby="losses">
<h2 id="losses">Losses of the first steps</h2>
<p class="note">All implementations start from the same weights and train on the same images. The backends of this repository also drop the same units, so their lines coincide; each baseline samples its own dropout.</p>
<div class="charts">${charts.map(chartFigure)}</div>
</section>`;
}

function lossChart(of: CaseResult, index: number): Chart {
  const shown = of.entries.filter(({ losses }) => losses.length > 2);
  return {
    id: `losses-${index}`,
    title: caseName(of),
    x: { label: "Training step", scale: "linear", format: "short" },
    y: { label: "Loss (nats)", scale: "linear", format: "short" },
    series: shown.map(({ implementation, losses }, style) => ({
      label: `${seriesLetter(style)} ${implementation}`,
      look: nthLook(style, "none"),
      x: losses.map((_, step) => step + 1),
      y: losses.map((loss) => (Number.isFinite(loss) ? loss : null)),
    })),
    marks: shown.map(({ losses }, style) => ({
      x: losses.length,
      y: at(losses, -1),
      text: seriesLetter(style),
    })),
  };
}

/** How long training takes until an accuracy on test images is reached. */
export function accuracySection({ accuracy }: BenchResult): Html | undefined {
  if (accuracy.length === 0) return undefined;
  const groups = groupBy(
    accuracy,
    ({ model, batch, recipe, data }) => `${model}, batch ${batch}, ${recipe}, ${data}`,
  );
  const charts = groups.map(([name, members], index) => chartFigure(accuracyChart(name, members, index)));
  return html`<section aria-labelledby="accuracy">
<h2 id="accuracy">Time to accuracy</h2>
<p class="note">The time spent training, without evaluations, until the test accuracy is reached. Each implementation trained once.</p>
<div class="charts">${charts}</div>
<div class="scroll"><table class="figures">
<thead><tr><th>implementation</th><th class="words">training</th><th>accuracy</th><th>time</th><th>images</th><th>images/s</th></tr></thead>
<tbody>${accuracy.map(accuracyRow)}</tbody>
</table></div>
</section>`;
}

function accuracyRow(result: AccuracyResult): Html {
  const { implementation, model, recipe, data, target, reached, accuracies, trainMs, images } = result;
  // Without a single evaluation there is no accuracy to show.
  const last = share(accuracies.at(-1)?.accuracy ?? null);
  return html`<tr><th>${implementation}</th><td class="words">${model}, ${recipe}, ${data}</td><td>${last}${!reached && `, ${share(target)} not reached`}</td><td>${time(trainMs)}</td><td>${images}</td><td>${rate((1000 * images) / trainMs)}</td></tr>`;
}

function accuracyChart(name: string, results: readonly AccuracyResult[], index: number): Chart {
  return {
    id: `accuracy-${index}`,
    title: `Loss over time: ${name}`,
    x: { label: "Seconds of training", scale: "log10", format: "short" },
    y: { label: "Loss (nats)", scale: "linear", format: "short" },
    series: results.map(({ implementation, curve, steps, trainMs }, style) => ({
      label: `${seriesLetter(style)} ${implementation}`,
      look: nthLook(style, "none"),
      x: curve.map(({ step }) => (step / steps) * (trainMs / 1000)),
      y: curve.map(({ loss }) => (Number.isFinite(loss) ? loss : null)),
    })),
    marks: results.flatMap(({ curve, trainMs }, style) =>
      curve.slice(-1).map(({ loss }) => ({ x: trainMs / 1000, y: loss, text: seriesLetter(style) })),
    ),
  };
}
