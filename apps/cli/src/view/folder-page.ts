import {
  commonStyle,
  counted,
  type Html,
  html,
  htmlDocument,
  type LiveRow,
  liveAssets,
  liveOverlay,
  liveState,
  type SortableTable,
  sortableRow,
  sortableTable,
} from "@nin/page";
import type { DamagedRun, RunStatus } from "@nin/training/node";
import { NAME_COLUMN, type RunRow, runColumns, runTableStyle } from "../runs/run-columns.js";
import type { WatchedRun } from "./run-watch.js";

/** What the page of a folder shows. */
export interface FolderContents {
  /** As the reader knows it. */
  readonly name: string;
  readonly runs: readonly WatchedRun[];
  readonly damaged: readonly DamagedRun[];
}

/** The name of the check boxes that choose runs. */
const CHOOSER = "runs";
const TABLE_ID = "runs";
/** How many runs' curves are shown at first. */
const CHOSEN_AT_FIRST = 4;
/** How many damaged runs are listed. */
const SHOWN_DAMAGED = 50;
const STATUSES: readonly RunStatus[] = ["running", "finished", "interrupted", "failed"];

const TABLE: Omit<SortableTable<RunRow>, "rows"> = {
  id: TABLE_ID,
  label: "Runs",
  columns: runColumns(CHOOSER),
  header: NAME_COLUMN,
  key: ({ key }) => key,
};

/** Addresses that the page asks for. */
export interface FolderAddresses {
  readonly events: string;
  readonly curves: string;
  /** The page of one run. */
  readonly run: (key: string) => string;
}

const PAGE_STYLE = `
main, footer { max-width: 88rem; }
h1 ~ section { margin-top: 1.5rem; }
.scroll:has(> #runs) { max-height: 70vh; overflow-y: auto; }
#runs thead th { position: sticky; top: 0; background: var(--page); box-shadow: inset 0 -1px var(--border); }
@media print { .scroll:has(> #runs) { max-height: none; } }
.damaged ul { font-size: 0.875rem; overflow-wrap: anywhere; }
`;

/** The rows of the table of runs, by themselves. */
export function folderRows(
  { runs }: Pick<FolderContents, "runs">,
  { run: hrefOf }: Pick<FolderAddresses, "run">,
): readonly LiveRow[] {
  return runRows(runs, hrefOf).map((row) => ({ key: row.key, html: sortableRow(TABLE, row).text }));
}

/** The parts of the page that are no rows: HTML by the ids of their elements. */
export function folderParts({ runs, damaged }: FolderContents): Readonly<Record<string, string>> {
  return { counts: countsText(runs), damaged: damagedSection(damaged)?.text ?? "" };
}

/** The live page of the runs below a folder, as they are now; its script keeps it so. */
export function folderPage(
  contents: FolderContents,
  { events, curves, run: hrefOf }: FolderAddresses,
): { readonly document: string; readonly script: string } {
  const { style, script, credit } = liveAssets();
  const parts = folderParts(contents);
  const document = htmlDocument({
    title: `Runs of ${contents.name}`,
    style: `${style}${commonStyle}${runTableStyle}${PAGE_STYLE}`,
    main: html`${liveState(events)}
<noscript><p class="notice">This page needs JavaScript to follow the runs and to draw their curves. Without it, it shows the runs as they were when the page was loaded.</p></noscript>
<h1>Runs <span class="on">of ${contents.name}</span></h1>
<p class="result-note" id="counts">${parts.counts}</p>
<section aria-label="Runs">
${sortableTable({ ...TABLE, rows: runRows(contents.runs, hrefOf) })}
<div id="damaged">${damagedSection(contents.damaged)}</div>
</section>
<section aria-labelledby="curves-heading">
<h2 id="curves-heading">Curves</h2>
${liveOverlay(CHOOSER, curves)}
<p class="hint">Drag across a chart to zoom in; double-click to zoom out.</p>
</section>
`,
    footer: html`Served by nin view, on this machine alone. ${credit}`,
    script,
    connects: true,
  });
  return { document, script };
}

function runRows(runs: readonly WatchedRun[], hrefOf: (key: string) => string): readonly RunRow[] {
  const chosen = new Set(firstChosen(runs));
  return runs.map(({ key, name, summary }) => ({
    ...{ key, name, summary },
    href: hrefOf(key),
    isChosen: chosen.has(key),
  }));
}

/** Running ones, else the newest. */
function firstChosen(runs: readonly WatchedRun[]): readonly string[] {
  const newestFirst = [...runs].sort((a, b) => b.changedAtMs - a.changedAtMs);
  const running = newestFirst.filter(({ summary }) => summary.status === "running");
  return (running.length > 0 ? running : newestFirst).slice(0, CHOSEN_AT_FIRST).map(({ key }) => key);
}

/** `12 runs: 1 running, 11 finished`. */
function countsText(runs: readonly WatchedRun[]): string {
  if (runs.length === 0) return "No runs yet: they appear here as they start.";
  const counts = STATUSES.map((status) => ({
    status,
    count: runs.filter(({ summary }) => summary.status === status).length,
  })).filter(({ count }) => count > 0);
  const parts = counts.map(({ status, count }) => `${count} ${status}`).join(", ");
  return `${counted(runs.length, "run")}: ${parts}`;
}

function damagedSection(damaged: readonly DamagedRun[]): Html | undefined {
  if (damaged.length === 0) return undefined;
  const shown = damaged.slice(0, SHOWN_DAMAGED);
  const more = damaged.length - shown.length;
  return html`<details class="damaged"><summary>${counted(damaged.length, "folder")} that cannot be read</summary>
<ul>${shown.map(({ problem }) => html`<li>${problem}</li>\n`)}</ul>
${more > 0 && html`<p class="note">And ${more} more.</p>`}</details>`;
}
