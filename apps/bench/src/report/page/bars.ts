import { type Html, html } from "@nin/page";
import {
  type BenchResult,
  type CaseResult,
  caseName,
  type Entry,
  type LayerBreakdown,
} from "../../result/format.js";
import { referenceRatio } from "../../result/ratios.js";
import { memory, rate, scaled, share, time } from "../figures.js";

/** Bars of images per second with their intervals, a block for each case. */
export function throughputSection({ cases, implementations }: BenchResult): Html | undefined {
  if (cases.length === 0) return undefined;
  const baselines = implementations.filter(({ kind }) => kind === "baseline").map(({ id }) => id);
  return html`<section aria-labelledby="throughput">
<h2 id="throughput">Images per second</h2>
<ul class="key">
<li><span class="swatch"><span class="fill" style="--to:1"></span></span>backends of this repository</li>
${baselines.length > 0 && html`<li class="baseline"><span class="swatch"><span class="fill" style="--to:1"></span></span>baselines</li>`}
<li><span class="swatch"><span class="whisker" style="--from:0;--until:1"></span></span>95% interval of the median</li>
</ul>
<div class="stack">
${cases.map((of) => caseBlock(of, baselines))}
</div>
</section>`;
}

function caseBlock(of: CaseResult, baselines: readonly string[]): Html {
  const highs = of.entries.flatMap(({ measured }) => measured?.imagesPerSecond.high ?? []);
  const most = Math.max(0, ...highs);
  return html`<div class="bars-block">
<h3>${caseName(of)}</h3>
<ul class="bars">
${of.entries.map((entry) => bar(entry, of, most, baselines.includes(entry.implementation)))}
</ul>
</div>`;
}

function bar(entry: Entry, of: CaseResult, most: number, isBaseline: boolean): Html {
  const { implementation, measured, flags, status, reason } = entry;
  if (measured === undefined) {
    return html`<li><span class="who">${implementation}</span><span class="unmeasured"><b>${status}</b>: ${reason}</span></li>`;
  }
  const { median, low, high } = measured.imagesPerSecond;
  const ratio = referenceRatio(of, implementation);
  const part = (value: number): string => (value / most).toFixed(4);
  const details = [
    ratio !== undefined &&
      `${rate(ratio.speed.median)} times ${ratio.to} (${rate(ratio.speed.low)}\u2013${rate(ratio.speed.high)})`,
    `${scaled(measured.flopsPerSecond)}FLOP/s`,
    measured.shareOfCeiling !== null && `${share(measured.shareOfCeiling)} of the matrix product`,
    `${memory(measured.peakRssBytes)} at most`,
  ].filter((text) => text !== false);
  return html`<li class="${isBaseline && "baseline"}">
<span class="who">${implementation}</span>
<span class="track"><span class="fill" style="${`--to:${part(median)}`}"></span><span class="whisker" style="${`--from:${part(low)};--until:${part(high)}`}"></span></span>
<span class="figure">${rate(median)} <small>${rate(low)}\u2013${rate(high)}</small></span>
<span class="note flag" style="color:var(--muted);margin:0">${details.join(" \u00b7 ")}</span>
${flags.map((flag) => html`<span class="flag">${flag}</span>`)}
</li>`;
}

/** What each layer adds to a training step, a block for each implementation. */
export function layersSection({ layers }: BenchResult): Html | undefined {
  if (layers.length === 0) return undefined;
  return html`<section aria-labelledby="layers">
<h2 id="layers">Time per layer</h2>
<p class="note">The time of a training step on the network cut after the layer, less that of the network cut before it; all of these are measured in turn. The last layer includes the head and the loss.</p>
<div class="stack">${layers.map(breakdown)}</div>
</section>`;
}

function breakdown({ model, batch, implementation, rows }: LayerBreakdown): Html {
  const total = rows.reduce((sum, { elapsedMs }) => sum + Math.max(0, elapsedMs.median), 0);
  const most = Math.max(...rows.map(({ elapsedMs }) => elapsedMs.high), total / 100);
  const part = (value: number): string => Math.max(0, value / most).toFixed(4);
  return html`<div class="bars-block">
<h3>${model}, batch ${batch}, ${implementation}: ${time(total)} per step</h3>
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
