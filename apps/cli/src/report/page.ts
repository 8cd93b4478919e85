import { type Html, html, htmlDocument, readUplot } from "@nin/page";
import { chartsScript } from "./charts-script.js";
import { pageStyle } from "./style/index.js";

/** The whole document around the sections, with the charts' script. */
export function page(title: string, sections: readonly Html[]): string {
  const uplot = readUplot();
  return htmlDocument({
    title,
    style: `${uplot.style}\n${pageStyle}`,
    main: html`${sections.map((section) => html`${section}\n`)}`,
    footer: html`Written by nin. Charts by uPlot ${uplot.version}, \u00a9 Leon Sorokin, MIT licence: its text is in this page\u2019s source.`,
    script: `${uplot.script}${chartsScript}`,
  });
}
