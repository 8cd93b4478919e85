import { type Html, html } from "@nin/page";
import { classRecall } from "./class-recall.js";
import { confusionMatrix } from "./confusion-matrix.js";
import type { RunHistory } from "./run-history.js";

/** Which classes the network tells apart. */
export function classesSection({ confusion, evaluated }: RunHistory, names: readonly string[]): Html {
  const body =
    confusion === undefined
      ? html`<p class="note">${missing(evaluated !== undefined, names.length)}</p>`
      : html`<h3>Confusion matrix</h3>
${confusionMatrix(confusion, names)}
<h3>Recall of each class</h3>
${classRecall(confusion, names)}`;
  return html`<section aria-labelledby="classes-heading">
<h2 id="classes-heading">Classes</h2>
${body}
</section>`;
}

function missing(evaluated: boolean, classes: number): string {
  if (!evaluated) return "The test images were not evaluated.";
  return `No confusion matrix was kept: it is counted for at most 100 classes, and the data has ${classes}.`;
}
