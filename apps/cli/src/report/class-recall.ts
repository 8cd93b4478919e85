import { counted, formatCount, formatPercent, type Html, html } from "@nin/page";
import { className } from "./class-names.js";
import type { Confusion } from "./confusion-matrix.js";
import { folded } from "./folded.js";

interface ClassResult {
  readonly label: number;
  /** Test images of the class. */
  readonly images: number;
  /** The fraction of the class's images that were recognized; null where it has none. */
  readonly recall: number | null;
  /** The fraction right of the images taken for the class; null where there are none. */
  readonly precision: number | null;
  /** The class its images are most often mistaken for, the first of equals. */
  readonly mistakenFor: { readonly label: number; readonly images: number } | undefined;
}

/** The classes, the least recognized first. */
export function classRecall(confusion: Confusion, names: readonly string[]): Html {
  const results = confusion
    .map((_, label) => classResult(confusion, label))
    .sort((a, b) => (a.recall ?? 2) - (b.recall ?? 2) || a.label - b.label);
  const table = html`<div class="scroll" role="region" aria-label="Recall of each class" tabindex="0">
<table class="figures" aria-label="Recall of each class">
<thead><tr><th scope="col">Class</th><th scope="col" class="bar-column">Recall</th><th scope="col">Precision</th><th scope="col">Images</th><th scope="col" class="words">Most often mistaken for</th></tr></thead>
<tbody>
${results.map((result) => row(result, names))}</tbody>
</table>
</div>`;
  return html`<p class="note">Recall: of the images of a class, the share that was recognized. Precision: of the images taken for it, the share that was right. Lowest recall first.</p>
${folded(table, results.length, counted(results.length, "class", "classes"))}`;
}

function row({ label, images, recall, precision, mistakenFor }: ClassResult, names: readonly string[]): Html {
  const mistake =
    mistakenFor === undefined
      ? "\u2013"
      : `${className(names, mistakenFor.label)} (${formatCount(mistakenFor.images)})`;
  return html`<tr><th scope="row">${className(names, label)}</th><td class="bar-column"><span class="bar-figure">${formatPercent(recall, 1)}</span><span class="bar" style="--share:${(recall ?? 0).toFixed(4)}"></span></td><td>${formatPercent(precision, 1)}</td><td>${formatCount(images)}</td><td class="words">${mistake}</td></tr>
`;
}

function classResult(confusion: Confusion, label: number): ClassResult {
  const row = confusion[label] ?? [];
  const images = total(row);
  const right = row[label] ?? 0;
  const taken = total(confusion.map((other) => other[label] ?? 0));
  const most = row.reduce((best, count, other) => (other === label ? best : Math.max(best, count)), 0);
  return {
    label,
    images,
    recall: images === 0 ? null : right / images,
    precision: taken === 0 ? null : right / taken,
    mistakenFor:
      most === 0
        ? undefined
        : { label: row.findIndex((count, other) => other !== label && count === most), images: most },
  };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
