import { createHash } from "node:crypto";
import { Html, html } from "./html.js";

/** The parts of a page that differ from page to page. */
export interface PageContents {
  readonly title: string;
  /** CSS. */
  readonly style: string;
  /** Inside `main`. */
  readonly main: Html;
  /** Inside `footer`. */
  readonly footer: Html;
  /** Its one script; none by default. */
  readonly script?: string;
  /** Whether the script may ask the server that the page comes from, as a live page does. */
  readonly connects?: boolean;
}

/** An HTML document that asks for nothing outside itself: its policy lets nothing be fetched, and its own script alone run. */
export function htmlDocument(contents: PageContents): string {
  const { title, style, main, footer, script } = contents;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(contents)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<main>
${main}</main>
<footer><p>${footer}</p></footer>
${script === undefined ? "" : html`<script>${new Html(script)}</script>\n`}</body>
</html>
`.text;
}

/** The content security policy that such a document has in itself, for a server that also sends it as a header. */
export function contentPolicy({
  script,
  connects = false,
}: Pick<PageContents, "script" | "connects">): string {
  const base = `default-src 'none'; img-src data:; style-src 'unsafe-inline'${connects ? "; connect-src 'self'" : ""}`;
  if (script === undefined) return base;
  return `${base}; script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`;
}
