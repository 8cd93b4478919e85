import { type Html, html } from "@nin/page";
import { caseName } from "../../result/case-name.js";
import type { BenchResult } from "../../result/format.js";

/** What was not measured, and why. */
export function notMeasuredSection({ notMeasured, cases }: BenchResult): Html {
  const inCases = cases.flatMap((of) =>
    of.entries.flatMap(({ contestant, measured, status, reason = "" }) =>
      measured === undefined ? [{ what: `${contestant}, ${caseName(of)}`, why: `${status}: ${reason}` }] : [],
    ),
  );
  const all = [...notMeasured, ...inCases];
  return html`<section aria-labelledby="not-measured">
<h2 id="not-measured">Not measured</h2>
${all.length === 0 ? html`<p class="note">Everything that was asked for was measured.</p>` : html`<ul class="absent">${all.map(({ what, why }) => html`<li><b>${what}</b>: ${why}</li>`)}</ul>`}
</section>`;
}
