/** Light colours, also on paper (the script sets `data-printing`), and dark ones where those are preferred. */
const COLORS = `
:root {
  color-scheme: light;
  --page: #f7f7f5;
  --surface: #ffffff;
  --text: #1d1d1b;
  --muted: #5c5f66;
  --border: #dededa;
  --grid: #ecece8;
  --accent: #1f5fbf;
  --warning: #9a4a00;
  --warning-surface: #fdf3e4;
  --good: #1a6b3c;
  --hit: 96 158 240;
  --miss: 245 158 66;
}
@media screen and (prefers-color-scheme: dark) {
  :root:not([data-printing]) {
    color-scheme: dark;
    --page: #14161a;
    --surface: #1b1e24;
    --text: #e7e7e4;
    --muted: #a2a7b0;
    --border: #343841;
    --grid: #2a2e36;
    --accent: #82b1ff;
    --warning: #ffb669;
    --warning-surface: #33270f;
    --good: #7fd6a2;
    --hit: 47 105 196;
    --miss: 178 92 18;
  }
}
`;

/** The page, its headline and its facts. */
const BASE = `
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); }
main, footer { max-width: 66rem; margin: 0 auto; padding: 0 1.5rem; }
main { padding-top: 2.5rem; }
footer { padding-top: 1rem; padding-bottom: 2rem; color: var(--muted); font-size: 0.8125rem; }
section { margin-top: 3rem; }
h1, h2, h3 { line-height: 1.25; font-weight: 600; text-wrap: balance; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.5rem; }
h1 .on { font-weight: 400; color: var(--muted); }
h2 { margin: 0 0 1rem; font-size: 1.25rem; }
h3 { margin: 2rem 0 0.5rem; font-size: 1rem; }
code { font: 0.9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.note, .hint { color: var(--muted); font-size: 0.875rem; }
.note { margin: 0 0 1rem; max-width: 44rem; }
.hint { margin: 0.5rem 0 0; }
.status { display: inline-block; margin: 0 0 0.5rem; padding: 0 0.625rem; border: 1px solid currentColor; border-radius: 1rem; font-size: 0.8125rem; color: var(--good); }
.status-interrupted, .status-diverged { color: var(--warning); }
.status-running { color: var(--accent); }
.result { margin: 1rem 0 0; font-size: 1.25rem; }
.result strong { font-size: 3rem; line-height: 1.1; font-weight: 600; font-variant-numeric: tabular-nums; margin-right: 0.25rem; }
.result-note { margin: 0.25rem 0 0; color: var(--muted); }
.notice { margin: 1.25rem 0 0; padding: 0.75rem 1rem; border-left: 4px solid var(--warning); background: var(--warning-surface); max-width: 44rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 0 2rem; margin: 0; }
.facts > div { padding: 0.625rem 0; border-top: 1px solid var(--border); min-width: 0; }
dt { color: var(--muted); font-size: 0.8125rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.fact-note { display: block; color: var(--muted); font-size: 0.8125rem; }
@media (max-width: 40rem) {
  main, footer { padding-left: 1rem; padding-right: 1rem; }
  main { padding-top: 1.5rem; }
  .result strong { font-size: 2.5rem; }
}
@media print {
  @page { margin: 15mm; }
  html { font-size: 11px; }
  body { background: none; }
  main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  main { padding-top: 0; }
  section { margin-top: 2rem; }
  .hint { display: none; }
  h2, h3, .note { break-after: avoid; break-inside: avoid; }
  .facts > div, figure, .chart-block, tr { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

/** Tables of figures, with bars in them, and confusion matrices. */
const TABLES = `
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: 0.875rem; }
details { margin-top: 1.5rem; }
summary { cursor: pointer; color: var(--accent); }
.figures { width: 100%; font-variant-numeric: tabular-nums; }
.figures th, .figures td { padding: 0.375rem 0 0.375rem 1rem; text-align: right; border-bottom: 1px solid var(--border); white-space: nowrap; }
.figures thead th { font-weight: 400; color: var(--muted); vertical-align: bottom; }
.figures tbody th { font-weight: 500; }
.figures tr > :first-child, .figures .words { text-align: left; }
.figures .words { padding-left: 2rem; }
.figures tr > :first-child { padding-left: 0; }
.figures .bar-column { text-align: left; padding-left: 2rem; }
.figures .name { text-align: left; }
.sort { display: inline-flex; align-items: center; gap: 0.375rem; font: inherit; color: inherit; text-align: inherit; padding: 0; border: 0; background: none; cursor: pointer; white-space: nowrap; }
[data-sort="number"] > .sort { flex-direction: row-reverse; }
.sort::after { content: ""; width: 0.5rem; height: 0.75rem; background: currentColor; opacity: 0.45; clip-path: polygon(50% 0, 100% 40%, 0 40%, 0 60%, 100% 60%, 50% 100%, 0 60%, 0 40%); }
.sort:hover, [aria-sort] > .sort { color: var(--text); }
[aria-sort] > .sort::after { opacity: 1; }
[aria-sort="ascending"] > .sort::after { clip-path: polygon(50% 15%, 100% 70%, 0 70%); }
[aria-sort="descending"] > .sort::after { clip-path: polygon(50% 85%, 100% 30%, 0 30%); }
.sort:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.bar-figure { display: inline-block; min-width: 3.25rem; text-align: right; }
.bar { display: inline-block; vertical-align: middle; width: 7rem; height: 0.5rem; margin-left: 0.75rem; border-radius: 0.25rem; background: linear-gradient(rgb(var(--hit)), rgb(var(--hit))) no-repeat 0 0 / calc(var(--share) * 100%) 100% var(--grid); }
.confusion { font-variant-numeric: tabular-nums; }
.confusion th { font-weight: 400; }
.confusion tbody th { padding: 0 0.625rem 0 0; text-align: right; white-space: nowrap; }
.confusion thead th { vertical-align: bottom; padding: 0 0 0.375rem; }
.confusion thead span { writing-mode: vertical-rl; transform: rotate(180deg); display: inline-block; white-space: nowrap; }
.confusion tbody td { width: 3.5rem; min-width: 2rem; height: 2.25rem; padding: 0 0.125rem; text-align: center; border: 1px solid var(--border); background: var(--surface); }
.confusion .none { color: var(--muted); }
.confusion .hit { background: rgb(var(--hit) / var(--share)); font-weight: 600; }
.confusion .miss { background: rgb(var(--miss) / var(--share)); }
.confusion-small { font-size: 0.5rem; line-height: 1; }
.confusion-small tbody td { width: 0.5625rem; min-width: 0.5625rem; height: 0.5625rem; padding: 0; font-size: 0; border-color: var(--grid); }
@media (max-width: 40rem) {
  .figures { font-size: 0.8125rem; }
  .figures th, .figures td { padding-left: 0.625rem; }
  .figures .bar-column, .figures .words { padding-left: 1rem; }
  .bar { width: 4rem; }
  .confusion:not(.confusion-small) { font-size: 0.6875rem; }
  .confusion:not(.confusion-small) tbody th { padding-right: 0.25rem; }
  .confusion:not(.confusion-small) tbody td { width: auto; min-width: 1.5rem; height: 1.75rem; padding: 0; }
}
@media print {
  .scroll { overflow: visible; }
  .sort::after { content: none; }
  .confusion:not(.confusion-small) { break-inside: avoid; }
}
`;

/** The style sheet that all pages share: colours for light, dark and paper, text, tables. */
export const commonStyle: string = [COLORS, BASE, TABLES].join("");
