import { shownText } from "@nin/spec";
import { displayWidth } from "./text-width.js";

/** More of a cell is not printed. Units: characters. */
const CELL_CHARACTERS = 1000;

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Numbers are aligned right. */
  readonly align?: "right";
}

const GAP = "  ";

/**
 * Lines of a table with aligned columns, a rule below the titles. A cell is one line of printable text, whatever names
 * from files are in it. Where a terminal is too narrow (`width` columns),
 * cells are broken between words; where it is too narrow for that, each row is a list of its cells.
 */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width = Number.POSITIVE_INFINITY,
): readonly string[] {
  const titles = columns.map(({ title }) => title);
  const cells = rows.map((row) => columns.map(({ value }) => shownText(value(row), CELL_CHARACTERS)));
  const widths = fittingWidths([titles, ...cells], width - GAP.length * (columns.length - 1));
  if (widths === undefined) return cells.flatMap((row) => listLines(titles, row));
  const alignments = columns.map(({ align }) => align);
  const [head = [], ...body] = [titles, ...cells].map((row) => rowLines(row, widths, alignments));
  return [...head, widths.map((cell) => "-".repeat(cell)).join(GAP), ...body.flat()];
}

/** As wide as the widest cells, the widest columns narrowed until all fit; undefined where words are too long for it. */
function fittingWidths(rows: readonly (readonly string[])[], room: number): readonly number[] | undefined {
  const count = rows[0]?.length ?? 0;
  const widest = (measure: (cell: string) => number) =>
    Array.from({ length: count }, (_, index) => Math.max(...rows.map((row) => measure(row[index] ?? ""))));
  const widths = widest(displayWidth);
  const least = widest((cell) => Math.max(...cell.split(" ").map(displayWidth)));
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const narrowed = widths
      .map((width, index) => ({ width, index }))
      .filter(({ width, index }) => width > (least[index] ?? 0))
      .reduce((most, column) => (column.width > most.width ? column : most), { width: 0, index: -1 });
    if (narrowed.index < 0) return undefined;
    widths[narrowed.index] = narrowed.width - 1;
    excess -= 1;
  }
  return widths;
}

function rowLines(
  row: readonly string[],
  widths: readonly number[],
  alignments: readonly Column<never>["align"][],
): readonly string[] {
  const broken = row.map((cell, index) => brokenCell(cell, widths[index] ?? 0));
  const height = Math.max(1, ...broken.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    broken
      .map((cell, index) => {
        const text = cell[line] ?? "";
        const padding = " ".repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(text)));
        return alignments[index] === "right" ? padding + text : text + padding;
      })
      .join(GAP)
      .trimEnd(),
  );
}

function brokenCell(cell: string, width: number): readonly string[] {
  if (displayWidth(cell) <= width) return [cell];
  const lines: string[] = [];
  for (const word of cell.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + 1 + displayWidth(word) <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function listLines(titles: readonly string[], row: readonly string[]): readonly string[] {
  const [name = "", ...values] = row;
  return [name, ...values.map((value, index) => `  ${titles[index + 1]}: ${value}`)];
}
