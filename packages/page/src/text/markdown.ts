/** What Markdown, or HTML in it, may take for markup. An underscore within a word is none. */
const MARKUP = /[\\`*[\]<>|&~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
/** Control characters, and those that turn the direction of the text around. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text from outside (a reason, a device's name) for a line of Markdown or a cell of its table: shown as it is, on one
 * line.
 */
export function markdownText(text: string): string {
  return onOneLine(text).replace(MARKUP, "\\$&");
}

/** Text from outside as code within a line of Markdown or a cell of its table. */
export function markdownCode(text: string): string {
  const line = onOneLine(text);
  const runs = line.match(/`+/g) ?? [];
  // Longer than any within; spaces keep apart what begins or ends with one, or is empty.
  const fence = "`".repeat(runs.reduce((most, run) => Math.max(most, run.length), 0) + 1);
  const space = line === "" || runs.length > 0 ? " " : "";
  // A table takes no account of code.
  return `${fence}${space}${line.replaceAll("|", "\\|")}${space}${fence}`;
}

/** A column of a table in Markdown. */
export interface MarkdownColumn {
  readonly title: string;
  /** Numbers are aligned right. */
  readonly align?: "right";
}

/**
 * A table in Markdown, whose columns are as wide as their longest text, as formatters have it. Texts are put as they are:
 * those from outside go through `markdownText` first.
 *
 * @example
 * ```ts
 * import { markdownTable } from "@nin/page";
 *
 * console.log(markdownTable([{ title: "Network" }, { title: "Layers", align: "right" }], [["nin", "12"]]));
 * ```
 */
export function markdownTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string {
  const sized = columns.map((column, index) => {
    // A row may have fewer cells.
    const texts = [column.title, ...rows.flatMap((row) => row.slice(index, index + 1))];
    return { ...column, width: Math.max(3, ...texts.map(({ length }) => length)) };
  });
  const line = (cells: readonly string[]): string => {
    const padded = sized.map(({ align, width }, index) => {
      const { [index]: cell = "" } = cells;
      return align === "right" ? cell.padStart(width) : cell.padEnd(width);
    });
    return `| ${padded.join(" | ")} |\n`;
  };
  const rule = sized.map(({ align, width }) =>
    align === "right" ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  return [line(columns.map(({ title }) => title)), line(rule), ...rows.map(line)].join("");
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().replace(UNPRINTABLE, "\ufffd");
}
