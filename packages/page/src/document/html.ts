/** A piece of HTML that is safe to put into a page as it is. */
export class Html {
  constructor(readonly text: string) {}
}

/** What `html` takes; null, undefined and false leave nothing. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

/** A template of HTML: every value that is not itself `Html` is escaped. */
export function html(pieces: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(pieces.map((piece, at) => (at === 0 ? piece : rendered(values[at - 1]) + piece)).join(""));
}

/** A script element of JSON: no text in it can end the element or begin a comment. */
export function jsonScript(id: string, data: unknown): Html {
  const unicodeEscape = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const json = JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, unicodeEscape);
  return html`<script type="application/json" id="${id}">${new Html(json)}</script>`;
}

/** More rows than this are collapsed. */
const MOST_ROWS = 20;

/** A table as it is, or collapsed under its summary where it is long. */
export function collapsible(table: Html, rows: number, summary: string): Html {
  return rows <= MOST_ROWS ? table : html`<details><summary>${summary}</summary>${table}</details>`;
}

function rendered(value: HtmlValue): string {
  if (value instanceof Html) return value.text;
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "object") return value.map(rendered).join("");
  return escaped(String(value));
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
