/** Tables: the epochs', the confusion matrix and the classes'. */
export const tablesStyle = `
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
  .confusion:not(.confusion-small) { break-inside: avoid; }
}
`;
