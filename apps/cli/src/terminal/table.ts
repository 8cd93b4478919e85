import { at, present, shownText } from "@nin/spec";
import { displayWidth } from "./text-width.js";

/** Longer cells are cut. Units: characters. */
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
 * Lines of a table with aligned columns and a rule below the titles. A cell is one line of printable text, whatever
 * names from files are in it. Where a terminal (of `width` columns) is too narrow, cells are wrapped between words; where
 * it is too narrow for that, each row becomes a list of its cells.
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
  const head = rowLines(titles, widths, alignments);
  const body = cells.flatMap((row) => rowLines(row, widths, alignments));
  return [...head, widths.map((cell) => "-".repeat(cell)).join(GAP), ...body];
}

/** As wide as the widest cells, with the widest columns narrowed until all fit; undefined where words are too long. */
function fittingWidths(rows: readonly (readonly string[])[], room: number): readonly number[] | undefined {
  const count = at(rows, 0).length;
  const widest = (measure: (cell: string) => number) =>
    Array.from({ length: count }, (_, index) => Math.max(...rows.map((row) => measure(at(row, index)))));
  const widths = widest(displayWidth);
  const least = widest((cell) => Math.max(...cell.split(" ").map(displayWidth)));
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const narrowed = widths
      .map((width, index) => ({ width, index }))
      .filter(({ width, index }) => width > at(least, index))
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
  const broken = row.map((cell, index) => brokenCell(cell, at(widths, index)));
  const height = Math.max(1, ...broken.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    broken
      .map((cell, index) => {
        const text = line < cell.length ? at(cell, line) : "";
        const padding = " ".repeat(Math.max(0, at(widths, index) - displayWidth(text)));
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
  const [name, ...values] = row;
  return [
    present(name, "a first column"),
    ...values.map((value, index) => `  ${at(titles, index + 1)}: ${value}`),
  ];
}
