import { html, htmlDocument, readUplot } from "@nin/page";
import type { BenchResult } from "../../result/format.js";
import { accuracySection } from "./time-to-accuracy";
import { chartsScript } from "./charts-script.js";
import { coldStartSection } from "./cold-start.js";
import { gateSection } from "./correctness";
import { headline } from "./headline.js";
import { layersSection } from "./layers.js";
import { lossSection } from "./losses.js";
import { machineSection } from "./machine.js";
import { notMeasuredSection } from "./not-measured.js";
import { rooflineSection } from "./roofline.js";
import { scalingSection } from "./scaling.js";
import { pageStyle } from "./style.js";
import { throughputSection } from "./throughput.js";

/** A run's page: one HTML document that needs nothing outside itself, the same for the same result. */
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
    coldStartSection(result),
    gateSection(result),
    machineSection(result),
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
