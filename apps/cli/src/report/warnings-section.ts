import { formatCount, type Html, html } from "@nin/page";
import type { TrainingWarning, TrainingWarningCode } from "@nin/training";
import type { RunHistory } from "./run-history.js";

const NAMES: Readonly<Record<TrainingWarningCode, string>> = {
  "dead-class": "A class is never predicted",
  plateau: "The loss stays on a plateau",
  "long-warmup": "The warm-up is too long",
  divergence: "The loss diverges",
  "missing-class": "A class is missing",
};

/** What probably kept the run from learning, and what may help; nothing where there was nothing. */
export function warningsSection({ warnings }: RunHistory): Html | undefined {
  if (warnings.length === 0) return undefined;
  return html`<section aria-labelledby="warnings-heading">
<h2 id="warnings-heading">Warnings</h2>
${warnings.map(warningNotice)}</section>`;
}

function warningNotice({ code, step, detail }: TrainingWarning): Html {
  const when = step === 0 ? "before the first step" : `step ${formatCount(step)}`;
  return html`<p class="notice"><strong>${NAMES[code]}</strong> (${when}): ${detail}.</p>
`;
}
