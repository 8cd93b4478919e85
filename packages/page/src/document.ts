import { createHash } from "node:crypto";
import { Html, html } from "./html.js";

/** What a page is made of. */
export interface DocumentParts {
  readonly title: string;
  readonly style: string;
  /** The one script that the page runs; without it none runs. */
  readonly script?: string;
  /** What `main` holds, in order. */
  readonly sections: readonly Html[];
  readonly footer: Html;
}

/** A whole HTML document, which asks for nothing outside itself and runs no script but its own. */
export function htmlDocument({ title, style, script, sections, footer }: DocumentParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<main>
${sections.map((section) => html`${section}\n`)}</main>
<footer>${footer}</footer>
${script !== undefined && html`<script>${new Html(script)}</script>\n`}</body>
</html>
`.text;
}

/** Lets the page's one script run, and lets nothing be fetched. */
function policy(script: string | undefined): string {
  const hash = script === undefined ? undefined : createHash("sha256").update(script).digest("base64");
  const scripts = hash === undefined ? "" : `; script-src 'sha256-${hash}'`;
  return `default-src 'none'; img-src data:; style-src 'unsafe-inline'${scripts}`;
}
