import {
  type Chart,
  type ChartSeries,
  type CurvePoint,
  chartFigure,
  collapsible,
  counted,
  downsample,
  finite,
  formatCount,
  formatDuration,
  formatLoss,
  formatPercent,
  formatRate,
  type Html,
  html,
  trainingLooks,
} from "@nin/page";
import type { EpochMetrics } from "@nin/training";
import type { RunHistory } from "./run-history.js";

/** Losses that span more than this are drawn on a logarithmic axis. */
const LINEAR_SPAN = 1000;

/** The charts of the loss and the accuracy over the steps, and a table of the epochs. */
export function trainingCurves(history: RunHistory): Html {
  const [loss, accuracy] = [lossChart(history), accuracyChart(history)];
  const hasCharts = loss !== undefined || accuracy !== undefined;
  return html`<section aria-labelledby="curves-heading">
<h2 id="curves-heading">Training</h2>
${hasCharts && html`<noscript><p class="note">The charts need JavaScript, which is disabled here. The rest of the page works without it.</p></noscript>`}
<div class="charts">
${loss === undefined ? noChart("Cross-entropy loss", noLoss(history)) : chartFigure(loss)}
${accuracy === undefined ? noChart("Test accuracy", "The test set was not evaluated.") : chartFigure(accuracy)}
</div>
${hasCharts && html`<p class="hint">Drag across a chart to zoom in; double-click to zoom out.</p>`}
${epochsTable(history.epochs)}
</section>`;
}

/** The loss of each logged step, of each epoch and of the test set; undefined without a finite value. */
export function lossChart(history: RunHistory): Chart | undefined {
  const { steps, epochs } = history;
  const logged = downsample(steps.map(({ step, loss }) => ({ x: step, y: finite(loss) })));
  const trained = epochs.map(({ step, trainLoss }) => ({ x: step, y: finite(trainLoss) }));
  const tested = epochs
    .filter(({ testImages }) => testImages > 0)
    .map(({ step, testLoss }) => ({ x: step, y: finite(testLoss) }));
  const series = [
    seriesOf("Training, logged step", "step", logged),
    seriesOf("Training, epoch mean", "train", trained),
    seriesOf("Test", "test", tested),
  ].filter(({ y }) => y.some((value) => value !== null));
  const isLogarithmic = spansDecades(series.flatMap(({ y }) => y.filter((value) => value !== null)));
  const label = isLogarithmic ? "Loss (nats), log scale" : "Loss (nats)";
  return chartOver(history, {
    id: "chart-loss",
    title: "Cross-entropy loss",
    y: { label, scale: isLogarithmic ? "log10" : "linear", format: "loss" },
    series,
  });
}

/** The accuracy on the test set; undefined where it was not evaluated. */
export function accuracyChart(history: RunHistory): Chart | undefined {
  const points = history.epochs.flatMap(({ step, testAccuracy }) => {
    const fraction = finite(testAccuracy);
    return fraction === null ? [] : [{ x: step, y: 100 * fraction }];
  });
  return chartOver(history, {
    id: "chart-accuracy",
    title: "Test accuracy",
    y: { label: "Accuracy (% of test images)", scale: "linear", format: "percent" },
    series: points.length === 0 ? [] : [seriesOf("Test", "test", points)],
  });
}

function chartOver({ stepsDone }: RunHistory, chart: Omit<Chart, "x">): Chart | undefined {
  if (chart.series.length === 0) return undefined;
  const range = [0, Math.max(stepsDone, 1)] as const;
  return {
    ...chart,
    x: { label: "Training step", scale: "linear", format: "integer", range },
    cursorGroup: "steps",
  };
}

function seriesOf(
  label: string,
  look: keyof typeof trainingLooks,
  points: readonly CurvePoint[],
): ChartSeries {
  return {
    label,
    look: trainingLooks[look],
    x: points.map(({ x }) => x),
    y: points.map(({ y }) => (y === null ? null : rounded(y))),
  };
}

function spansDecades(values: readonly number[]): boolean {
  const [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  return low > 0 && high / low > LINEAR_SPAN;
}

/** Six digits are more than a screen shows, and keep the page small. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function noChart(title: string, why: string): Html {
  return html`<div class="chart-block">
<h3>${title}</h3>
<p class="note">${why}</p>
</div>`;
}

function noLoss({ steps, epochs }: RunHistory): string {
  return steps.length + epochs.length > 0
    ? "No logged loss is a finite number."
    : "No step has been logged yet.";
}

/** The figures of each epoch; nothing where none has ended. */
function epochsTable(epochs: readonly EpochMetrics[]): Html | undefined {
  if (epochs.length === 0) return undefined;
  const table = html`<div class="scroll" role="region" aria-label="Epochs" tabindex="0">
<table class="figures" aria-label="Epochs">
<thead><tr><th scope="col">Epoch</th><th scope="col">Step</th><th scope="col">Training loss</th><th scope="col">Test loss</th><th scope="col">Test accuracy</th><th scope="col">Images/s</th><th scope="col">Time so far</th></tr></thead>
<tbody>
${epochs.map(epochRow)}</tbody>
</table>
</div>`;
  return collapsible(table, epochs.length, counted(epochs.length, "epoch"));
}

function epochRow(epoch: EpochMetrics): Html {
  return html`<tr><th scope="row">${formatCount(epoch.epoch)}</th><td>${formatCount(epoch.step)}</td><td>${formatLoss(epoch.trainLoss)}</td><td>${formatLoss(epoch.testLoss)}</td><td>${formatPercent(epoch.testAccuracy)}</td><td>${formatRate(epoch.imagesPerSecond)}</td><td>${formatDuration(epoch.elapsedMs)}</td></tr>
`;
}
