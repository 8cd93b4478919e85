/** The charts; uPlot's own style sheet comes before. */
export const curvesStyle = `
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem; }
.chart-block { min-width: 0; padding: 1rem; border: 1px solid var(--border); border-radius: 0.5rem; background: var(--surface); }
.chart-block h3 { margin: 0 0 0.5rem; }
.chart { min-height: 21rem; overflow: hidden; }
:root[data-printing] .charts { grid-template-columns: 328px 328px; }
.uplot { font-family: inherit; }
.u-legend { font-size: 0.8125rem; text-align: left; margin: 0.25rem 0 0; font-variant-numeric: tabular-nums; }
.u-legend th { font-weight: 400; }
.u-legend .u-value { min-width: 4em; }
.u-inline tr { margin-right: 8px; }
.u-legend tr:first-child .u-marker { display: none; }
.charts ~ .scroll, .charts ~ details { margin-top: 1.5rem; }
.u-select { background: color-mix(in srgb, var(--accent) 15%, transparent); }
.u-hz .u-cursor-x { border-right-color: var(--muted); }
`;
