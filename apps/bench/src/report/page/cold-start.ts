import { type Html, html } from "@nin/page";
import { caseName } from "../../result/case-name.js";
import type { BenchResult } from "../../result/format.js";
import { memory, share, time } from "../figures.js";

/** What it takes until the first step is done, and what is taken while they run. */
export function coldStartSection({ cases }: BenchResult): Html | undefined {
  const started = cases.filter(({ entries }) => entries.some(({ coldStart }) => coldStart !== undefined));
  if (started.length === 0) return undefined;
  return html`<section aria-labelledby="cold-start">
<h2 id="cold-start">Cold start, processor and memory</h2>
<p class="note">Ready: from the start of the process until the network is compiled, tuned kernels included; loading and compiling are parts of it.
Cores: processor time over elapsed time. Main thread: how much of the time the program around it cannot do anything else. Where the device is a graphics card,
host is the processor time of a step; on a software adapter the device is the processor itself, and the two cannot be told apart.</p>
<details><summary>${started.length} tables</summary>
${started.map(
  (of) => html`<h3>${caseName(of)}</h3>
<div class="scroll"><table class="figures">
<thead><tr><th>contestant</th><th>ready</th><th>loading</th><th>compiling</th><th>first step</th><th>cores</th><th>main thread</th><th>host</th><th>peak memory</th><th>on device</th></tr></thead>
<tbody>${of.entries.map(({ contestant, coldStart, measured }) =>
    coldStart === undefined
      ? undefined
      : html`<tr><th>${contestant}</th><td>${time(coldStart.startMs)}</td><td>${time(coldStart.loadMs)}</td><td>${time(coldStart.compileMs)}</td><td>${time(coldStart.firstStepMs)}</td>
<td>${measured?.coresUsed.toFixed(2)}</td><td>${measured !== undefined && share(measured.mainThreadShare)}</td><td>${measured !== undefined && time(measured.hostMsPerStep ?? Number.NaN)}</td><td>${measured !== undefined && memory(measured.peakRssBytes)}</td><td>${measured?.deviceBytes != null ? memory(measured.deviceBytes) : "\u2013"}</td></tr>`,
  )}</tbody>
</table></div>`,
)}
</details>
</section>`;
}
