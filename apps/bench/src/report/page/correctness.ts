import { type Html, html } from "@nin/page";
import { caseName } from "../../result/case-name.js";
import type { BenchResult, Entry } from "../../result/format.js";

/** How far everyone's numbers are from what is right: without that no time is told. */
export function gateSection({ cases }: BenchResult): Html | undefined {
  const entries = cases.flatMap((of) => of.entries.map((entry) => ({ name: caseName(of), entry })));
  const judged = entries.filter(({ entry }) => entry.gate !== undefined || entry.status === "wrong");
  if (judged.length === 0) return undefined;
  const wrong = judged.filter(({ entry }) => entry.status === "wrong").length;
  return html`<section aria-labelledby="gate">
<h2 id="gate">Checked before it was timed</h2>
<p class="note">Scores (relative L2), the losses of two training steps and how far each parameter moved in them, against the float64 reference. ${wrong === 0 ? "Everyone was right." : `${wrong} of ${judged.length} were wrong: they have no time.`}</p>
<details ${wrong > 0 && "open"}><summary>${judged.length} checks</summary>
<div class="scroll"><table class="figures">
<thead><tr><th>case</th><th class="words">contestant</th><th>scores</th><th>losses</th><th>updates</th><th class="words">verdict</th></tr></thead>
<tbody>${judged.map(({ name, entry }) => row(name, entry))}</tbody>
</table></div></details>
</section>`;
}

function row(name: string, { contestant, gate, status, reason }: Entry): Html {
  const digits = (value: number | undefined): string => value?.toExponential(1) ?? "\u2013";
  const verdict =
    status === "wrong" ? html`<span class="verdict-wrong">wrong: ${reason}</span>` : html`right`;
  return html`<tr><th>${name}</th><td class="words">${contestant}</td><td>${digits(gate?.scores)}</td><td>${digits(gate?.losses)}</td><td>${digits(gate?.updates)}</td><td class="words wide">${verdict}</td></tr>`;
}
