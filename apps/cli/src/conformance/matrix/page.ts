import { type ConformanceCase, levelNames } from "@nin/conformance";
import { commonStyle, html, htmlDocument } from "@nin/page";
import { levelSection } from "./level-section.js";
import { isRunRow, type MatrixRow } from "./matrix.js";
import { matrixTable } from "./matrix-table.js";
import { notablesSection } from "./notables.js";
import { runsSection } from "./runs-section.js";
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
