import { counted, formatDuration, type Html, html, htmlDocument, readUplot } from "@nin/page";
import { QUIET_LOAD } from "../../result/environment.js";
import { type BenchResult, caseName } from "../../result/format.js";
import { compareCheckouts } from "../../result/ratios.js";
import { rate } from "../figures.js";
import { layersSection, throughputSection } from "./bars.js";
import { chartsScript } from "./charts-script.js";
import { accuracySection, lossSection, scalingSection } from "./curves.js";
import { rooflineSection } from "./roofline.js";
import { pageStyle } from "./style.js";
import {
  coldStartSection,
  correctnessSection,
  environmentSection,
  memorySection,
  notMeasuredSection,
} from "./tables.js";

/**
 * A result as a page: one HTML document that needs nothing outside itself, the same for the same result.
 *
 * @example
 * ```ts
 * await writeFile("report.html", renderBenchPage(await readResult("result.json")));
 * ```
 */
export function renderBenchPage(result: BenchResult): string {
  const uplot = readUplot();
  const sections = [
    headline(result),
    throughputSection(result),
    scalingSection(result),
    rooflineSection(result),
    layersSection(result),
    lossSection(result),
    accuracySection(result),
    memorySection(result),
    coldStartSection(result),
    correctnessSection(result),
    environmentSection(result),
    notMeasuredSection(result),
  ].filter((section) => section !== undefined);
  return htmlDocument({
    title: `Benchmark: ${result.environment.cpu}`,
    style: `${uplot.style}\n${pageStyle}`,
    main: html`${sections.map((section) => html`${section}\n`)}`,
    footer: html`Written by nin bench. Charts by uPlot ${uplot.version}, \u00a9 Leon Sorokin, MIT licence: its text is in this page\u2019s source.`,
    script: `${uplot.script}${chartsScript}`,
  });
}

/** What was measured where, and who was fastest in the first case. */
function headline(result: BenchResult): Html {
  const { environment, settings, durationMs, startedAt, interrupted } = result;
  const { cpu, cores, gpus, loadBefore } = environment;
  return html`<header>
<h1>Benchmark <span class="on">on ${[cpu, ...gpus].join(", ")}</span></h1>
<p class="note">${startedAt.slice(0, 16).replace("T", " ")} UTC, ${formatDuration(durationMs)}, ${counted(cores, "core")}, ${counted(settings.threads, "thread")} for each implementation${settings.quick && ", a quick run"}</p>
${interrupted && html`<p class="notice">The run was interrupted. This page shows what had been measured by then.</p>`}
${loadBefore > QUIET_LOAD && html`<p class="notice">Other programs were using this machine when the run began (load ${loadBefore.toFixed(2)}), so these figures are less reliable than they could be.</p>`}
${fastest(result)}
${checkouts(result)}
</header>`;
}

function fastest({ cases: [first] }: BenchResult): Html | undefined {
  if (first === undefined) return undefined;
  const [best, second] = first.entries
    .flatMap(({ implementation, measured }) =>
      measured === undefined ? [] : [{ implementation, speed: measured.imagesPerSecond.median }],
    )
    .toSorted((a, b) => b.speed - a.speed);
  if (best === undefined) return undefined;
  const lead =
    second !== undefined &&
    html`, ${rate(best.speed / second.speed)} times as fast as ${second.implementation}`;
  return html`<p class="lead">Fastest at ${caseName(first)}: <strong>${best.implementation}</strong>, ${rate(best.speed)} images/s${lead}.</p>`;
}

function checkouts(result: BenchResult): readonly Html[] {
  return compareCheckouts(result, 0).map(
    ({ where, implementation, speed }) =>
      html`<p class="note">${implementation} at ${where}: ${speed.median.toFixed(3)} times as fast as the other checkout\u2019s build (95% interval ${speed.low.toFixed(3)} to ${speed.high.toFixed(3)}).</p>`,
  );
}
