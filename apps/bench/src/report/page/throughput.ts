import { type Html, html } from "@nin/page";
import { caseName } from "../../result/case-name.js";
import type { BenchResult, CaseResult, Entry } from "../../result/format.js";
import { memory, rate, scaled, share } from "../figures.js";

/** Bars of images a second with their intervals, a block a case. */
export function throughputSection({ cases, contestants }: BenchResult): Html | undefined {
  if (cases.length === 0) return undefined;
  const peers = contestants.filter(({ kind }) => kind === "peer").map(({ id }) => id);
  return html`<section aria-labelledby="throughput">
<h2 id="throughput">Images a second</h2>
<ul class="key">
<li><span class="swatch"><span class="fill" style="--to:1"></span></span>this repository\u2019s</li>
${peers.length > 0 && html`<li class="peer"><span class="swatch"><span class="fill" style="--to:1"></span></span>peers</li>`}
<li><span class="swatch"><span class="whisker" style="--from:0;--until:1"></span></span>95% interval of the median</li>
</ul>
<div class="stack">
${cases.map((of) => caseBlock(of, peers))}
</div>
</section>`;
}

function caseBlock(of: CaseResult, peers: readonly string[]): Html {
  const most = Math.max(...of.entries.map(({ measured }) => measured?.imagesPerSecond.high ?? 0));
  return html`<div class="bars-block">
<h3>${caseName(of)}</h3>
<ul class="bars">
${of.entries.map((entry) => bar(entry, of, most, peers.includes(entry.contestant)))}
</ul>
</div>`;
}

function bar(entry: Entry, { ratios }: CaseResult, most: number, isPeer: boolean): Html {
  const { contestant, measured, flags, status, reason } = entry;
  if (measured === undefined) {
    return html`<li><span class="who">${contestant}</span><span class="unmeasured"><b>${status}</b>: ${reason}</span></li>`;
  }
  const { median, low, high } = measured.imagesPerSecond;
  const ratio = ratios.find(({ of }) => of === contestant);
  const part = (value: number): string => (value / most).toFixed(4);
  const details = [
    ratio === undefined
      ? undefined
      : `${rate(ratio.speed.median)} times ${ratio.to} (${rate(ratio.speed.low)}\u2013${rate(ratio.speed.high)})`,
    `${scaled(measured.flopsPerSecond)}FLOP/s`,
    measured.shareOfCeiling === null ? undefined : `${share(measured.shareOfCeiling)} of the matrix product`,
    memory(measured.peakRssBytes),
  ].filter((text) => text !== undefined);
  return html`<li class="${isPeer && "peer"}">
<span class="who">${contestant}</span>
<span class="track"><span class="fill" style="${`--to:${part(median)}`}"></span><span class="whisker" style="${`--from:${part(low)};--until:${part(high)}`}"></span></span>
<span class="figure">${rate(median)} <small>${rate(low)}\u2013${rate(high)}</small></span>
<span class="note flag" style="color:var(--muted);margin:0">${details.join(" \u00b7 ")}</span>
${flags.map((flag) => html`<span class="flag">${flag}</span>`)}
</li>`;
}
