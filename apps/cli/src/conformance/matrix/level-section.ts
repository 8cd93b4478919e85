import { type ConformanceCase, type LevelName, levelOf } from "@nin/conformance";
import { type Html, html } from "@nin/page";
import { at } from "@nin/spec";
import { plural } from "../../terminal/format.js";
import { deviceTitle } from "../saved-run.js";
import type { RunRow } from "./matrix.js";
import { type Outcome, outcomeOfStatus } from "./matrix.js";

const WORDS: Readonly<Record<Outcome, string>> = {
  passed: "passed",
  failed: "failed",
  expected: "expected",
  skipped: "skipped",
};

/** A level's cases, collapsed: one table per group, with plan, source, and the outcome on each device. */
export function levelSection(
  level: LevelName,
  cases: readonly ConformanceCase[],
  runs: readonly RunRow[],
): Html {
  const own = cases.filter(({ id }) => levelOf(id) === level);
  const groups = [...new Set(own.map(({ id }) => groupOf(id)))];
  return html`<details class="level">
<summary><b>${level}</b> <span class="count">${plural(own.length, "case")}, ${own.filter(({ quick }) => quick).length} of them quick</span></summary>
<div class="scroll" id="${level}">
<table class="figures cases">
<thead><tr><th scope="col">case</th><th scope="col" class="words">what must hold</th><th scope="col" class="words">source</th>${runs.map(
    (row) => html`<th scope="col" class="mark">${row.backend}<br>${deviceTitle(row)}</th>`,
  )}</tr></thead>
${groups.map((group) => groupBody(group, own, runs))}</table>
</div>
</details>
`;
}

function groupBody(group: string, cases: readonly ConformanceCase[], runs: readonly RunRow[]): Html {
  const own = cases.filter(({ id }) => groupOf(id) === group);
  return html`<tbody>
<tr class="group"><th scope="rowgroup" colspan="${3 + runs.length}">${group}</th></tr>
${own.map((entry) => caseLine(entry, runs))}</tbody>
`;
}

function caseLine({ id, plan, source }: ConformanceCase, runs: readonly RunRow[]): Html {
  const [name, parameters] = splitOnce(id.split("/").slice(2).join("/"), ":");
  return html`<tr id="${id}"><th scope="row"><code>${name}</code>${
    parameters !== undefined && html`<span class="fact-note">${parameters.replaceAll(",", ", ")}</span>`
  }</th><td class="words plan">${plan}</td><td class="words source">${source}</td>${runs.map((row) => mark(row, id))}</tr>\n`;
}

function mark({ results }: RunRow, id: string): Html {
  const result = results.get(id);
  if (result === undefined) return html`<td class="mark">not run</td>`;
  const outcome = outcomeOfStatus(result.status);
  return html`<td class="mark ${outcome}"${result.detail !== undefined && html` title="${result.detail}"`}>${WORDS[outcome]}</td>`;
}

/** `conv2d` of `forward/conv2d/plain:batch=2`. */
function groupOf(id: string): string {
  return at(id.split("/"), 1);
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const position = text.indexOf(separator);
  return position < 0 ? [text] : [text.slice(0, position), text.slice(position + 1)];
}
