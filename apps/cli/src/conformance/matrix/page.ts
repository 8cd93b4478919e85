import { type CaseResult, type ConformanceCase, levelNames } from "@nin/conformance";
import { commonStyle, type Html, html, htmlDocument } from "@nin/page";
import { duration, plural } from "../../terminal/format.js";
import { deviceTitle } from "../saved-run.js";
import { levelSection } from "./level-section.js";
import { isRunRow, type MatrixRow, type Outcome, outcomeOfStatus, type RunRow } from "./matrix.js";
import { matrixTable } from "./matrix-table.js";
import { matrixStyle } from "./style.js";

const TITLE = "The same network on every backend";

/**
 * The matrix as one HTML document that needs nothing outside itself: the table, what did not pass
 * and why, and each case of the suite with its plan, its source and how it ended on each device.
 */
export function matrixPage(rows: readonly MatrixRow[], cases: readonly ConformanceCase[]): string {
  const runs = rows.filter(isRunRow);
  return htmlDocument({
    title: TITLE,
    style: `${commonStyle}${matrixStyle}`,
    main: html`<h1>${TITLE}</h1>
<p class="note">Every backend realizes the same architecture and has to agree with all others in shapes, numbers, gradients
and training. A cell counts the cases of a level that passed on a device; its link leads to them.</p>
${matrixTable(rows)}
${notablesSection(runs)}
${runsSection(runs)}
<section>
<h2>The cases</h2>
${levelNames.map((level) => levelSection(level, cases, runs))}
</section>
`,
    footer: html`Written by nin conformance matrix.`,
  });
}

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
function notablesSection(runs: readonly RunRow[]): Html | undefined {
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

/** When, where and with what each device was run. */
function runsSection(runs: readonly RunRow[]): Html {
  return html`<section>
<h2>The runs</h2>
<div class="scroll" role="region" aria-label="Runs" tabindex="0">
<table class="figures runs">
<thead><tr><th scope="col">backend, device</th><th scope="col" class="words">cases</th><th scope="col">time</th><th scope="col" class="words">begun</th><th scope="col" class="words">machine</th><th scope="col" class="words">versions</th></tr></thead>
<tbody>
${runs.map(runLine)}</tbody>
</table>
</div>
</section>`;
}

function runLine(row: RunRow): Html {
  const { backend, run } = row;
  const { cpu, cores, versions } = run.environment;
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return html`<tr><th scope="row">${backend} ${deviceTitle(row)}</th><td class="words">${run.report.cases.length} ${run.quick ? "quick" : "all"}</td><td>${duration(
    run.durationMs,
  )}</td><td class="words">${run.date.slice(0, 16).replace("T", " ")} UTC</td><td class="words">${cpu}, ${plural(cores, "core")}</td><td class="words">${software.join(
    ", ",
  )}</td></tr>\n`;
}
