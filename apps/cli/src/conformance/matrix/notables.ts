import type { CaseResult } from "@nin/conformance";
import { type Html, html } from "@nin/page";
import { plural } from "../../terminal/format.js";
import { deviceTitle } from "../run-name.js";
import type { RunRow } from "./matrix.js";
import { type Outcome, outcomeOfStatus } from "./outcome.js";

const TITLES: readonly (readonly [Outcome, string])[] = [
  ["failed", "fails"],
  ["expected", "is expected to fail"],
  ["skipped", "is skipped"],
];

interface Notable {
  readonly why: string;
  readonly cases: readonly CaseResult[];
}

/** What did not pass, device by device and reason by reason; nothing where all passed. */
export function notablesSection(runs: readonly RunRow[]): Html | undefined {
  const parts = runs.flatMap((row) =>
    TITLES.flatMap(([outcome, title]) => {
      const own = row.run.report.cases.filter(({ status }) => outcomeOfStatus(status) === outcome);
      return own.length === 0 ? [] : [part(row, title, outcome, own)];
    }),
  );
  return parts.length === 0 ? undefined : html`<section>\n<h2>What did not pass</h2>\n${parts}</section>`;
}

function part(row: RunRow, title: string, outcome: Outcome, cases: readonly CaseResult[]): Html {
  return html`<h3>What ${title} on ${row.backend} ${deviceTitle(row)}</h3>
<ul class="notables">${byReason(cases).map(({ why, cases: own }) => notable(why, own, outcome))}</ul>\n`;
}

function notable(why: string, cases: readonly CaseResult[], outcome: Outcome): Html {
  return html`<li class="${outcome}">${why}<details><summary>${plural(cases.length, "case")}</summary><ul>${cases.map(
    ({ id, detail = "" }) =>
      html`<li><a href="#${id}"><code>${id}</code></a>${detail !== why && html` <span class="fact-note">${detail}</span>`}</li>`,
  )}</ul></details></li>\n`;
}

/** A failure that nobody listed is its own reason. */
function byReason(cases: readonly CaseResult[]): readonly Notable[] {
  const whyOf = ({ reason, detail = "" }: CaseResult): string => reason ?? detail;
  return [...new Set(cases.map(whyOf))].map((why) => ({
    why,
    cases: cases.filter((result) => whyOf(result) === why),
  }));
}
