/** The matrix and the lists of cases, after the style of tables. */
export const matrixStyle = `
:root { --passed-surface: #e5f3ea; --expected-surface: #fdf0d9; --failed-surface: #fbe0dc; --bad: #a4161a; }
@media screen and (prefers-color-scheme: dark) {
  :root { --passed-surface: #16301f; --expected-surface: #3a2d10; --failed-surface: #46191a; --bad: #ff9a92; }
}
main, footer { max-width: 88rem; }
h1 + .note { margin-top: 0.5rem; }
.passed { --surface-of: var(--passed-surface); --ink: var(--good); }
.expected { --surface-of: var(--expected-surface); --ink: var(--warning); }
.failed { --surface-of: var(--failed-surface); --ink: var(--bad); }
.skipped { --surface-of: var(--grid); --ink: var(--muted); }
.matrix { width: 100%; border-collapse: separate; border-spacing: 2px; font-variant-numeric: tabular-nums; }
.matrix thead th { font-weight: 400; color: var(--muted); font-size: 0.8125rem; padding: 0.25rem; vertical-align: bottom; }
.matrix tr > :first-child { position: sticky; left: 0; background: var(--page); text-align: left; font-weight: 400; padding: 0.5rem 1rem 0.5rem 0; min-width: 13rem; }
.matrix b { font-weight: 600; }
.matrix td { height: 3.5rem; min-width: 4.25rem; text-align: center; border-radius: 0.25rem; background: var(--surface-of, none); color: var(--ink, var(--muted)); }
.matrix td a { display: flex; align-items: center; justify-content: center; height: 100%; padding: 0 0.375rem; color: inherit; text-decoration: none; border-radius: inherit; }
.matrix td a:hover { outline: 2px solid currentColor; outline-offset: -2px; }
.matrix a:focus-visible { outline: 2px solid var(--accent); }
.matrix .total { font-weight: 600; }
.matrix .absent { text-align: left; padding: 0 1rem; background: repeating-linear-gradient(135deg, var(--grid) 0 1px, transparent 1px 8px); border: 1px dashed var(--border); }
.legend span { padding: 0.125rem 0.5rem; border-radius: 0.25rem; background: var(--surface-of); color: var(--ink); margin: 0 0.25rem 0 0.75rem; white-space: nowrap; }
.legend span:first-child { margin-left: 0; }
.notables { padding: 0; margin: 0; list-style: none; max-width: 60rem; }
.notables > li { margin-top: 0.5rem; padding: 0.625rem 1rem; border-left: 4px solid var(--ink); background: var(--surface-of); overflow-wrap: anywhere; white-space: pre-line; }
.notables details { margin-top: 0.25rem; white-space: normal; }
.notables a { color: inherit; }
.level { margin-top: 0; border-top: 1px solid var(--border); }
.level:last-child { border-bottom: 1px solid var(--border); }
.level > summary { padding: 0.625rem 0; color: var(--text); }
.level > summary b { font-weight: 600; }
.count { color: var(--muted); font-size: 0.875rem; margin-left: 0.5rem; }
.level > .scroll { padding-bottom: 1.5rem; scroll-margin-top: 3rem; }
.cases th, .cases td { white-space: normal; vertical-align: top; }
.cases tbody th { font-weight: 400; min-width: 14rem; max-width: 26rem; overflow-wrap: anywhere; }
.cases .group th { padding-top: 1.25rem; font-weight: 600; border-bottom-color: var(--muted); }
.cases .plan { min-width: 18rem; }
.cases .source { color: var(--muted); min-width: 8rem; }
.cases .mark { text-align: center; padding: 0.375rem 0.5rem; min-width: 4rem; }
.cases td.mark { background: var(--surface-of, none); color: var(--ink, var(--muted)); font-size: 0.8125rem; border-left: 2px solid var(--page); }
.cases tr:target { outline: 2px solid var(--accent); outline-offset: -2px; }
.runs .words { white-space: normal; }
@media (max-width: 40rem) {
  .matrix tr > :first-child { min-width: 8.5rem; max-width: 8.5rem; padding-right: 0.5rem; font-size: 0.8125rem; }
  .matrix .fact-note { font-size: 0.6875rem; }
  .cases tbody th { min-width: 10rem; }
}
`;
