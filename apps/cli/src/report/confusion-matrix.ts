import { formatCount, formatPercent, type Html, html } from "@nin/page";
import { className } from "./class-names.js";

/** Rows are labels, columns predictions; square. */
export type Confusion = readonly (readonly number[])[];

/** Larger matrices have cells too small to be written in. */
const MOST_WRITTEN = 20;

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
  return html`<p class="note">Rows: what the image is. Columns: what it was taken for. ${small ? "Colours show" : "Counts of images; colours show"} the share of the row\u2019s images.</p>
<div class="scroll" role="region" aria-label="Confusion matrix" tabindex="0">
<table class="confusion${small && " confusion-small"}" aria-label="Confusion matrix">
<thead><tr><td></td>${columns}</tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>`;
}

function cells(row: readonly number[], label: number, names: readonly string[]): Html[] {
  const total = row.reduce((sum, count) => sum + count, 0);
  return row.map((count, prediction) => {
    if (count === 0) return html`<td class="none">0</td>`;
    const share = count / total;
    const tip =
      `${className(names, label)} taken for ${className(names, prediction)}: ` +
      `${formatCount(count)} of ${formatCount(total)} (${formatPercent(share, 1)})`;
    return html`<td class="${label === prediction ? "hit" : "miss"}" style="--share:${shade(share)}" title="${tip}">${count}</td>`;
  });
}

/** The root, so that a mistake of a few percent is seen. */
function shade(share: number): string {
  return Math.sqrt(share).toFixed(2);
}
