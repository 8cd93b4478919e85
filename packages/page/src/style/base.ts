/** The page, its headline and its facts. */
export const baseStyle = `
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
