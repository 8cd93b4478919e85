import { type CaseResult, type LevelName, levelNames, levelOf } from "@nin/conformance";
import { type Html, html } from "@nin/page";
import { duration } from "../../terminal/format.js";
import { deviceTitle } from "../saved-run.js";
import { isRunRow, type LevelCounts, type MatrixRow, outcomeOf, type RunRow, totalOf } from "./matrix.js";

/** How many cases a tooltip lists. */
const MOST_NAMED = 8;

/** Levels as columns, devices as rows. */
export function matrixTable(rows: readonly MatrixRow[]): Html {
  return html`<div class="scroll" role="region" aria-label="Backends and levels" tabindex="0">
<table class="matrix">
<thead><tr><th scope="col">backend, device</th>${levelNames.map((level) => html`<th scope="col">${level}</th>`)}<th scope="col">all</th></tr></thead>
<tbody>
${rows.map((row) => html`<tr><th scope="row">${rowTitle(row)}</th>${isRunRow(row) ? cells(row) : absentCell(row.why)}</tr>\n`)}</tbody>
</table>
</div>
<p class="hint legend"><span class="passed">61</span> all passed <span class="expected">58 + 3</span> passed, and failed as expected
<span class="skipped">60, 1 skipped</span> a requirement is missing <span class="failed">2 of 61 fail</span></p>`;
}

function rowTitle(row: MatrixRow): Html {
  const { backend, device, name } = row;
  const run = isRunRow(row)
    ? html`<span class="fact-note">${row.run.quick ? "quick cases" : "all cases"}, ${duration(row.run.durationMs)}</span>`
    : undefined;
  const title = isRunRow(row) ? deviceTitle(row) : device;
  return html`${backend} <b>${title}</b><span class="fact-note">${name}</span>${run}`;
}

function cells({ levels, run }: RunRow): readonly Html[] {
  const own = levelNames.map((level) => {
    const counts = levels.get(level);
    return counts === undefined
      ? html`<td class="none" title="no case of this level was run">–</td>`
      : levelCell(level, counts, run.report.cases);
  });
  return [...own, html`<td class="${outcomeOf(run.report)} total">${figure(run.report)}</td>`];
}

function absentCell(why: string): Html {
  return html`<td class="absent" colspan="${levelNames.length + 1}">${why}</td>`;
}

function levelCell(level: LevelName, counts: LevelCounts, cases: readonly CaseResult[]): Html {
  const notable = cases.filter(({ id, status }) => levelOf(id) === level && status !== "passed");
  const title = [`${level}: ${counts.passed} of ${totalOf(counts)} passed`, ...named(notable)].join("\n");
  return html`<td class="${outcomeOf(counts)}"><a href="#${level}" title="${title}">${figure(counts)}</a></td>`;
}

function named(notable: readonly CaseResult[]): readonly string[] {
  const lines = notable
    .slice(0, MOST_NAMED)
    .map(({ id, reason, detail = "" }) => `${id}: ${reason ?? detail}`);
  const more = notable.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

/** `61`; `58 + 3`; `60, 1 skipped`; `2 of 61 fail`. */
function figure(counts: LevelCounts): Html {
  const { passed, failed, skipped, expectedFailures } = counts;
  if (failed > 0) return html`${failed} of ${totalOf(counts)} fail`;
  return html`${passed}${expectedFailures > 0 && html` + ${expectedFailures}`}${skipped > 0 && html`, ${skipped} skipped`}`;
}
