import {
  chooserBox,
  formatCount,
  formatLoss,
  formatPercent,
  formatRate,
  html,
  lineSample,
  type SortableColumn,
} from "@nin/page";
import type { RunStatus, RunSummary } from "@nin/training/node";

/** A run in a table of a page. */
export interface RunRow {
  /** The value of its check box. */
  readonly key: string;
  /** Its folder, as the reader knows it. */
  readonly name: string;
  readonly summary: RunSummary;
  /** The address of its own page, where it has one. */
  readonly href?: string;
  /** Whether its curves are shown at first. */
  readonly isChosen: boolean;
  /** Which letter and line it has, shown in place of a check box: where it always has the same, and boxes stand elsewhere. */
  readonly index?: number;
}

/** Statuses in the order in which they sort. */
const STATUSES: readonly RunStatus[] = ["running", "finished", "interrupted", "failed"];

/**
 * The columns of a table of runs, for `sortableTable`: a check box that shows a run's curves, its name, its results and
 * its settings. The name is in the column `NAME_COLUMN`.
 *
 * @param chooser - the name of the check boxes
 */
export function runColumns(chooser: string): readonly SortableColumn<RunRow>[] {
  return [
    {
      title: html`<span class="hidden-title">Curves</span>`,
      cell: (row) =>
        row.index === undefined ? chooserBox(chooser, row, `Curves of ${row.name}`) : lineSample(row.index),
      kind: "words",
    },
    {
      title: "Run",
      cell: ({ name, href }) => (href === undefined ? name : html`<a href="${href}">${name}</a>`),
      value: ({ name }) => name,
      kind: "words",
    },
    {
      title: "Status",
      cell: ({ summary }) => html`<span class="status status-${summary.status}">${summary.status}</span>`,
      value: ({ summary }) => `${STATUSES.indexOf(summary.status)}`,
      kind: "words",
    },
    numberColumn("Epochs", ({ epochs }) => epochs, formatCount),
    numberColumn("Test accuracy", ({ testAccuracy }) => testAccuracy, formatPercent, "descending"),
    numberColumn("Test loss", ({ testLoss }) => testLoss, formatLoss),
    numberColumn(
      "Validation accuracy",
      ({ validationAccuracy }) => validationAccuracy,
      formatPercent,
      "descending",
    ),
    numberColumn("Images/s", ({ imagesPerSecond }) => imagesPerSecond, formatRate, "descending"),
    wordColumn("Model", ({ model }) => model),
    wordColumn("Recipe", ({ recipe }) => recipe),
    wordColumn("Data", ({ data }) => lastPart(data)),
    wordColumn("Backend", ({ backend, device }) => `${backend} ${device}`),
    numberColumn(
      "Seed",
      ({ seed }) => seed,
      (seed) => String(seed),
    ),
  ];
}

/** Of the column that names the rows. */
export const NAME_COLUMN = 1;

/** The style of such a table. */
export const runTableStyle = `
.hidden-title { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.figures .status { margin: 0; }
.status-failed { color: var(--warning); }
.figures tbody th { overflow-wrap: normal; }
.figures a { color: var(--accent); }
.figures td:first-child { width: 1.5rem; }
`;

/** The last part of a path, which stands for it where there is little room. */
export function lastPart(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== "") ?? path;
}

function numberColumn(
  title: string,
  value: (summary: RunSummary) => number | null,
  format: (value: number | null) => string,
  first: "ascending" | "descending" = "ascending",
): SortableColumn<RunRow> {
  return {
    title,
    cell: ({ summary }) => format(value(summary)),
    value: ({ summary }) => value(summary),
    first,
  };
}

function wordColumn(title: string, value: (summary: RunSummary) => string): SortableColumn<RunRow> {
  return {
    title,
    cell: ({ summary }) => value(summary),
    value: ({ summary }) => value(summary),
    kind: "words",
  };
}
