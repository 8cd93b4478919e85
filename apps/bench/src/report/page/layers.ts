import { type Html, html } from "@nin/page";
import type { BenchResult, LayerBreakdown } from "../../result/format.js";
import { scaled, share, time } from "../figures.js";

/** What each layer adds to a training step, contestant by contestant. */
export function layersSection({ layers }: BenchResult): Html | undefined {
  if (layers.length === 0) return undefined;
  return html`<section aria-labelledby="layers">
<h2 id="layers">Time per layer</h2>
<p class="note">Of a training step: the network cut after the layer, less the network cut before it, each measured in turn. The last includes the head and the loss.</p>
<div class="stack">${layers.map(breakdown)}</div>
</section>`;
}

function breakdown({ model, batch, contestant, rows }: LayerBreakdown): Html {
  const total = rows.reduce((sum, { elapsedMs }) => sum + Math.max(0, elapsedMs.median), 0);
  const most = Math.max(...rows.map(({ elapsedMs }) => elapsedMs.high), total / 100);
  const part = (value: number): string => Math.max(0, value / most).toFixed(4);
  return html`<div class="bars-block">
<h3>${model}, batch ${batch}, ${contestant}: ${time(total)} a step</h3>
<ul class="bars">
${rows.map(
  ({ name, kind, elapsedMs, flops }) => html`<li>
<span class="who">${name} ${kind}</span>
<span class="track"><span class="fill" style="${`--to:${part(elapsedMs.median)}`}"></span><span class="whisker" style="${`--from:${part(elapsedMs.low)};--until:${part(elapsedMs.high)}`}"></span></span>
<span class="figure">${time(elapsedMs.median)}, ${share(elapsedMs.median / total)}<small>${flops > 0 && elapsedMs.median > 0 ? `${scaled((1000 * flops) / elapsedMs.median)}FLOP/s` : `${time(elapsedMs.low)} to ${time(elapsedMs.high)}`}</small></span>
</li>`,
)}
</ul>
</div>`;
}
