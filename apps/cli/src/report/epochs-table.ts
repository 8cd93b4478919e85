import {
  counted,
  formatCount,
  formatDuration,
  formatLoss,
  formatPercent,
  formatRate,
  type Html,
  html,
} from "@nin/page";
import type { EpochMetrics } from "@nin/training";
import { folded } from "./folded.js";

/** The figures of each epoch; nothing where none has ended. */
export function epochsTable(epochs: readonly EpochMetrics[]): Html {
  if (epochs.length === 0) return html``;
  const table = html`<div class="scroll" role="region" aria-label="Epochs" tabindex="0">
<table class="figures" aria-label="Epochs">
<thead><tr><th scope="col">Epoch</th><th scope="col">Step</th><th scope="col">Training loss</th><th scope="col">Test loss</th><th scope="col">Test accuracy</th><th scope="col">Images/s</th><th scope="col">Time so far</th></tr></thead>
<tbody>
${epochs.map(row)}</tbody>
</table>
</div>`;
  return folded(table, epochs.length, counted(epochs.length, "epoch"));
}

function row(epoch: EpochMetrics): Html {
  return html`<tr><th scope="row">${formatCount(epoch.epoch)}</th><td>${formatCount(epoch.step)}</td><td>${formatLoss(epoch.trainLoss)}</td><td>${formatLoss(epoch.testLoss)}</td><td>${formatPercent(epoch.testAccuracy)}</td><td>${formatRate(epoch.imagesPerSecond)}</td><td>${formatDuration(epoch.elapsedMs)}</td></tr>
`;
}
