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
  lossAxis,
  trainingLooks,
} from "@nin/page";
import type { EpochMetrics } from "@nin/training";
import type { RunHistory } from "./run-history.js";

/** The charts of the loss, the accuracy and the learning rate over the steps, and a table of the epochs. */
export function trainingCurves(history: RunHistory): Html {
  const [loss, accuracy, rate] = [lossChart(history), accuracyChart(history), learningRateChart(history)];
  const hasCharts = loss !== undefined || accuracy !== undefined || rate !== undefined;
  return html`<section aria-labelledby="curves-heading">
<h2 id="curves-heading">Training</h2>
${hasCharts && html`<noscript><p class="note">The charts need JavaScript, which is disabled here. The rest of the page works without it.</p></noscript>`}
<div class="charts">
${loss === undefined ? noChart("Cross-entropy loss", noLoss(history)) : chartFigure(loss)}
${accuracy === undefined ? noChart("Test accuracy", "The test set was not evaluated.") : chartFigure(accuracy)}
${rate !== undefined && chartFigure(rate)}
</div>
${hasCharts && html`<p class="hint">Drag across a chart to zoom in; double-click to zoom out.</p>`}
${epochsTable(history)}
</section>`;
}

/** The charts that a run has anything for. */
export function trainingCharts(history: RunHistory): readonly Chart[] {
  return [lossChart(history), accuracyChart(history), learningRateChart(history)].filter(
    (chart) => chart !== undefined,
  );
}

/** The loss of each logged step, of each epoch, of validation and test set; undefined without a finite value. */
export function lossChart(history: RunHistory): Chart | undefined {
  const { steps, epochs } = history;
  const logged = downsample(steps.map(({ step, loss }) => ({ x: step, y: finite(loss) })));
  const trained = epochs.map(({ step, trainLoss }) => ({ x: step, y: finite(trainLoss) }));
  const tested = epochs
    .filter(({ testImages }) => testImages > 0)
    .map(({ step, testLoss }) => ({ x: step, y: finite(testLoss) }));
  const validated = epochs.map(({ step, validationLoss }) => ({ x: step, y: finite(validationLoss) }));
  const series = [
    seriesOf("Training, logged step", "step", logged),
    seriesOf("Training, epoch mean", "train", trained),
    seriesOf("Validation", "validation", validated),
    seriesOf("Test", "test", tested),
  ].filter(({ y }) => y.some((value) => value !== null));
  return chartOver(history, {
    id: "chart-loss",
    title: "Cross-entropy loss",
    y: lossAxis(series.flatMap(({ y }) => y)),
    series,
  });
}

/** The accuracy on validation and test set; undefined where neither was evaluated. */
export function accuracyChart(history: RunHistory): Chart | undefined {
  const pointsOf = (name: "validationAccuracy" | "testAccuracy"): readonly CurvePoint[] =>
    history.epochs.flatMap((epoch) => {
      const fraction = finite(epoch[name]);
      return fraction === null ? [] : [{ x: epoch.step, y: 100 * fraction }];
    });
  const series = [
    seriesOf("Validation", "validation", pointsOf("validationAccuracy")),
    seriesOf("Test", "test", pointsOf("testAccuracy")),
  ].filter(({ x }) => x.length > 0);
  const isTestAlone = series.every(({ label }) => label === "Test");
  return chartOver(history, {
    id: "chart-accuracy",
    title: isTestAlone ? "Test accuracy" : "Accuracy",
    y: {
      label: isTestAlone ? "Accuracy (% of test images)" : "Accuracy (% of images)",
      scale: "linear",
      format: "percent",
    },
    series,
  });
}

/** The learning rate of each logged step; undefined where it is the same for all. */
export function learningRateChart(history: RunHistory): Chart | undefined {
  const points = downsample(
    history.steps.map(({ step, learningRate }) => ({ x: step, y: finite(learningRate) })),
  );
  if (new Set(points.map(({ y }) => y)).size < 2) return undefined;
  return chartOver(history, {
    id: "chart-learning-rate",
    title: "Learning rate",
    y: { label: "Learning rate", scale: "linear", format: "loss" },
    series: [seriesOf("Logged step", "rate", points)],
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

/** A column of the table of epochs. */
interface EpochColumn {
  readonly title: string;
  readonly cell: (epoch: EpochMetrics) => string;
}

const VALIDATION_COLUMNS: readonly EpochColumn[] = [
  { title: "Validation loss", cell: ({ validationLoss }) => formatLoss(validationLoss) },
  { title: "Validation accuracy", cell: ({ validationAccuracy }) => formatPercent(validationAccuracy) },
];

/** The figures of each epoch; nothing where none has ended. */
export function epochsTable({ epochs, chosen }: RunHistory): Html | undefined {
  if (epochs.length === 0) return undefined;
  const columns: readonly EpochColumn[] = [
    { title: "Step", cell: ({ step }) => formatCount(step) },
    { title: "Training loss", cell: ({ trainLoss }) => formatLoss(trainLoss) },
    ...(chosen === undefined ? [] : VALIDATION_COLUMNS),
    { title: "Test loss", cell: ({ testLoss }) => formatLoss(testLoss) },
    { title: "Test accuracy", cell: ({ testAccuracy }) => formatPercent(testAccuracy) },
    { title: "Images/s", cell: ({ imagesPerSecond }) => formatRate(imagesPerSecond) },
    { title: "Time so far", cell: ({ elapsedMs }) => formatDuration(elapsedMs) },
  ];
  const row = (epoch: EpochMetrics): Html => {
    const isBest = epoch.epoch === chosen?.epoch;
    return html`<tr><th scope="row">${formatCount(epoch.epoch)}${isBest && " (best)"}</th>${columns.map(({ cell }) => html`<td>${cell(epoch)}</td>`)}</tr>
`;
  };
  const table = html`<div class="scroll" role="region" aria-label="Epochs" tabindex="0">
<table class="figures" aria-label="Epochs">
<thead><tr><th scope="col">Epoch</th>${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${epochs.map(row)}</tbody>
</table>
</div>`;
  return collapsible(table, epochs.length, counted(epochs.length, "epoch"));
}
