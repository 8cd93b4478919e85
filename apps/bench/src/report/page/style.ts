import { commonStyle } from "@nin/page";

const benchStyle = `
main, footer { max-width: 72rem; }
.lead { margin: 0.75rem 0 0; font-size: 1.125rem; max-width: 48rem; }
.lead strong { font-weight: 600; }
.bars-block { min-width: 0; padding: 1rem; border: 1px solid var(--border); border-radius: 0.5rem; background: var(--surface); }
.bars-block h3 { margin: 0 0 0.5rem; }
.bars { list-style: none; margin: 0; padding: 0; }
.bars li { display: grid; grid-template-columns: 12rem 1fr 13rem; gap: 0.25rem 1rem; align-items: center; padding: 0.375rem 0; }
.bars li + li { border-top: 1px solid var(--grid); }
.bars .who { overflow-wrap: anywhere; }
.bars .figure { font-variant-numeric: tabular-nums; text-align: right; }
.bars .figure small { color: var(--muted); display: block; }
.track { position: relative; height: 1.25rem; background: var(--grid); border-radius: 0.25rem; }
.fill { position: absolute; inset: 0 auto 0 0; width: calc(var(--to) * 100%); min-width: 2px; border-radius: 0.25rem; background: var(--series-0); }
.baseline .fill { background: repeating-linear-gradient(135deg, var(--series-1) 0 4px, color-mix(in srgb, var(--series-1) 45%, var(--surface)) 4px 8px); }
.whisker { position: absolute; top: 50%; height: 0.625rem; transform: translateY(-50%); left: calc(var(--from) * 100%); width: calc((var(--until) - var(--from)) * 100%); min-width: 1px; border: solid var(--text); border-width: 0 2px; background: linear-gradient(var(--text), var(--text)) no-repeat center / 100% 2px; }
.bars .flag, .bars .out { grid-column: 1 / -1; color: var(--warning); font-size: 0.8125rem; }
.bars .unmeasured { color: var(--muted); font-size: 0.875rem; grid-column: 2 / -1; }
.key { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0 0 1rem; padding: 0; list-style: none; color: var(--muted); font-size: 0.8125rem; }
.swatch { display: inline-block; position: relative; width: 2rem; height: 0.75rem; margin-right: 0.5rem; vertical-align: middle; }
.letters { columns: 18rem; margin: 0.75rem 0 0; padding: 0; list-style: none; font-size: 0.8125rem; }
.letters b { display: inline-block; min-width: 1.75rem; }
.stack { display: grid; gap: 1.5rem; }
.figures td.wide { white-space: normal; min-width: 14rem; text-align: left; }
.verdict-wrong { color: var(--warning); font-weight: 600; }
.absent { padding-left: 1.25rem; max-width: 60rem; }
.absent li { margin: 0.25rem 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  .bars li { grid-template-columns: 1fr auto; }
  .bars .track { grid-column: 1 / -1; grid-row: 2; }
  .bars .unmeasured { grid-column: 1 / -1; }
  .bars-block { padding: 0.75rem; }
}
`;

/** The style sheet of a benchmark's page. */
export const pageStyle: string = `${commonStyle}${benchStyle}`;
