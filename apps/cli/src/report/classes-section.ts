import { collapsible, counted, formatCount, formatPercent, type Html, html } from "@nin/page";
import { at } from "@nin/spec";
import { className } from "./report-data.js";
import type { RunHistory } from "./run-history.js";

/** Rows are labels, columns predictions; square. */
export type Confusion = readonly (readonly number[])[];

/** Larger matrices have cells too small for numbers. */
const MOST_WRITTEN = 20;

interface ClassResult {
  readonly label: number;
  /** Number of test images of the class. */
  readonly count: number;
  /** The fraction of the class's images that were classified correctly; null where it has none. */
  readonly recall: number | null;
  /** The fraction of the images classified as the class that belong to it; null where there are none. */
  readonly precision: number | null;
  /** The class its images are most often mistaken for, the first of equals. */
  readonly mistakenFor: { readonly label: number; readonly count: number } | undefined;
}

/** Which classes the network confuses: the confusion matrix, and recall and precision of each class. */
export function classesSection({ confusion, evaluated }: RunHistory, names: readonly string[]): Html {
  const body =
    confusion === undefined
      ? html`<p class="note">${whyNone(evaluated !== undefined, names.length)}</p>`
      : html`<h3>Confusion matrix</h3>
${confusionMatrix(confusion, names)}
<h3>Recall of each class</h3>
${recallTable(confusion, names)}`;
  return html`<section aria-labelledby="classes-heading">
<h2 id="classes-heading">Classes</h2>
${body}
</section>`;
}

function whyNone(isEvaluated: boolean, classes: number): string {
  if (!isEvaluated) return "The test set was not evaluated.";
  return `There is no confusion matrix: it is recorded for at most 100 classes, and the data set has ${classes}.`;
}

/** The matrix as a table: each row shaded by its own share, hits and mistakes in two colours. */
export function confusionMatrix(confusion: Confusion, names: readonly string[]): Html {
  const columns = confusion.map(
    (_, index) => html`<th scope="col"><span>${className(names, index)}</span></th>`,
  );
  const rows = confusion.map(
    (row, label) => html`<tr><th scope="row">${className(names, label)}</th>${cells(row, label, names)}</tr>
`,
  );
  const small = confusion.length > MOST_WRITTEN;
  return html`<p class="note">Rows are the true classes, columns the predicted ones. ${small ? "The" : "Cells count images; the"} shading shows the share of the row\u2019s images.</p>
<div class="scroll" role="region" aria-label="Confusion matrix" tabindex="0">
<table class="confusion${small && " confusion-small"}" aria-label="Confusion matrix">
<thead><tr><td></td>${columns}</tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>`;
}

function cells(row: readonly number[], label: number, names: readonly string[]): Html[] {
  const ofRow = total(row);
  return row.map((count, prediction) => {
    if (count === 0) return html`<td class="none">0</td>`;
    const share = count / ofRow;
    const tip =
      `${className(names, label)} classified as ${className(names, prediction)}: ` +
      `${formatCount(count)} of ${formatCount(ofRow)} (${formatPercent(share, 1)})`;
    return html`<td class="${label === prediction ? "hit" : "miss"}" style="--share:${shade(share)}" title="${tip}">${count}</td>`;
  });
}

/** The root, so that a mistake of a few percent is seen. */
function shade(share: number): string {
  return Math.sqrt(share).toFixed(2);
}

/** The classes, the least recognized first. */
export function recallTable(confusion: Confusion, names: readonly string[]): Html {
  const results = confusion
    .map((_, label) => classResult(confusion, label))
    .sort(
      (a, b) =>
        (a.recall ?? Number.POSITIVE_INFINITY) - (b.recall ?? Number.POSITIVE_INFINITY) || a.label - b.label,
    );
  const table = html`<div class="scroll" role="region" aria-label="Recall of each class" tabindex="0">
<table class="figures" aria-label="Recall of each class">
<thead><tr><th scope="col">Class</th><th scope="col" class="bar-column">Recall</th><th scope="col">Precision</th><th scope="col">Images</th><th scope="col" class="words">Most often mistaken for</th></tr></thead>
<tbody>
${results.map((result) => recallRow(result, names))}</tbody>
</table>
</div>`;
  return html`<p class="note">Recall: the share of a class\u2019s images that were classified correctly. Precision: the share of the images classified as the class that belong to it. Sorted by recall, lowest first.</p>
${collapsible(table, results.length, counted(results.length, "class", "classes"))}`;
}

function recallRow(
  { label, count, recall, precision, mistakenFor }: ClassResult,
  names: readonly string[],
): Html {
  const mistake =
    mistakenFor === undefined
      ? "\u2013"
      : `${className(names, mistakenFor.label)} (${formatCount(mistakenFor.count)})`;
  const share = recall === null ? "0" : recall.toFixed(4);
  return html`<tr><th scope="row">${className(names, label)}</th><td class="bar-column"><span class="bar-figure">${formatPercent(recall, 1)}</span><span class="bar" style="--share:${share}"></span></td><td>${formatPercent(precision, 1)}</td><td>${formatCount(count)}</td><td class="words">${mistake}</td></tr>
`;
}

function classResult(confusion: Confusion, label: number): ClassResult {
  const row = at(confusion, label);
  const count = total(row);
  const right = at(row, label);
  const predicted = total(confusion.map((other) => at(other, label)));
  const mistakes = row.map((value, other) => (other === label ? 0 : value));
  const most = Math.max(...mistakes);
  return {
    label,
    count,
    recall: count === 0 ? null : right / count,
    precision: predicted === 0 ? null : right / predicted,
    mistakenFor: most === 0 ? undefined : { label: mistakes.indexOf(most), count: most },
  };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
