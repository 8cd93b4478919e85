import { createHash } from "node:crypto";
import { chartsScript } from "./charts-script.js";
import { Html, html } from "./html.js";
import { pageStyle } from "./style/index.js";
import { readUplot } from "./uplot.js";

/** The whole document around the sections; it asks for nothing outside itself. */
export function page(title: string, sections: readonly Html[]): string {
  const uplot = readUplot();
  const script = `${uplot.script}${chartsScript}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(uplot.style)}
${new Html(pageStyle)}</style>
</head>
<body>
<main>
${sections.map((section) => html`${section}\n`)}</main>
<footer><p>Written by nin. Charts by uPlot ${uplot.version}, \u00a9 Leon Sorokin, MIT licence: its text is in this page\u2019s source.</p></footer>
<script>${new Html(script)}</script>
</body>
</html>
`.text;
}

/** Lets the page's one script run, and lets nothing be fetched. */
function policy(script: string): string {
  const hash = createHash("sha256").update(script).digest("base64");
  return `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
}
