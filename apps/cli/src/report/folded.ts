import { type Html, html } from "@nin/page";

/** More rows than this are folded away. */
const MOST_ROWS = 20;

/** A table as it is, or behind its summary where it is long. */
export function folded(table: Html, rows: number, summary: string): Html {
  return rows <= MOST_ROWS ? table : html`<details><summary>${summary}</summary>${table}</details>`;
}
