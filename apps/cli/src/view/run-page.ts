import {
  type Chart,
  chartFigure,
  commonStyle,
  Html,
  html,
  htmlDocument,
  liveAssets,
  liveState,
} from "@nin/page";
import { present } from "@nin/spec";
import type { MetricsLine } from "@nin/training";
import { describeRun } from "@nin/training/node";
import { classesSection } from "../report/classes-section.js";
import { headline, pageTitle } from "../report/headline.js";
import type { ReportData } from "../report/report-data.js";
import { runFacts } from "../report/run-facts.js";
import { readHistory } from "../report/run-history.js";
import { epochsTable, trainingCharts } from "../report/training-curves.js";
import { warningsSection } from "../report/warnings-section.js";
import type { WatchedRun } from "./run-watch.js";

/** The parts of a run's live page that change: HTML by the ids of their elements, and charts. */
export interface RunPageParts {
  readonly title: string;
  readonly parts: Readonly<Record<string, string>>;
  readonly charts: readonly Chart[];
}

/** What a run's page shows now: as its report, without sample predictions. */
export function runPageParts({ config, summary }: WatchedRun, metrics: readonly MetricsLine[]): RunPageParts {
  const data: ReportData = {
    config,
    metrics,
    status: summary.status === "failed" ? "diverged" : summary.status,
    imageSize: describeRun(config).image,
    samples: [],
    isLive: true,
  };
  const history = readHistory(metrics, config.recipe.earlyStopping?.monitor);
  const charts = trainingCharts(history);
  const empty = html`<p class="note">No step has been logged yet.</p>`;
  const sections: Readonly<Record<string, Html | undefined>> = {
    headline: headline(data, history),
    warnings: warningsSection(history),
    "no-charts": charts.length === 0 ? empty : undefined,
    epochs: epochsTable(history),
    classes: classesSection(history, config.data.classNames),
    facts: runFacts(config, history),
  };
  return {
    title: pageTitle(data, history),
    parts: Object.fromEntries(Object.entries(sections).map(([id, section]) => [id, section?.text ?? ""])),
    charts,
  };
}

const PAGE_STYLE = `
.back { margin: 0 0 1rem; font-size: 0.875rem; overflow-wrap: anywhere; }
.back a { color: var(--accent); }
#epochs { margin-top: 1.5rem; }
`;

/** Where a run's page belongs. */
export interface RunPageContext {
  /** The run's name. */
  readonly name: string;
  /** The address of its events. */
  readonly events: string;
  /** The address of the page of all runs, where there is one. */
  readonly back?: string;
}

/** The live page of a run, as it is now; its script keeps it so. */
export function runPage(
  { title, parts, charts }: RunPageParts,
  { name, events, back }: RunPageContext,
): { readonly document: string; readonly script: string } {
  const { style, script, credit } = liveAssets();
  const part = (id: string): Html => html`<div id="${id}">${new Html(present(parts[id], id))}</div>\n`;
  const document = htmlDocument({
    title,
    style: `${style}${commonStyle}${PAGE_STYLE}`,
    main: html`<p class="back">${back !== undefined && html`<a href="${back}">All runs</a> / `}${name}</p>
${liveState(events)}
<noscript><p class="notice">This page needs JavaScript to follow the run and to draw its charts. Without it, it shows the run as it was when the page was loaded.</p></noscript>
${part("headline")}${part("warnings")}<section aria-labelledby="curves-heading">
<h2 id="curves-heading">Training</h2>
<div class="charts" data-live-charts>
${charts.map(chartFigure)}
</div>
${part("no-charts")}<p class="hint">Drag across a chart to zoom in; double-click to zoom out.</p>
${part("epochs")}</section>
${part("classes")}${part("facts")}`,
    footer: html`Served by nin view, on this machine alone. ${credit}`,
    script,
    connects: true,
  });
  return { document, script };
}
