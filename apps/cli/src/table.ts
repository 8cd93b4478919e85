import { shownText } from "@nin/spec";
import { displayWidth } from "./display-width.js";

/** More of a cell is not printed. Units: characters. */
const CELL_CHARACTERS = 1000;

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Numbers are aligned right. */
  readonly align?: "right";
}

/**
 * Lines of a table with aligned columns, a rule below the titles. A cell is one line of printable text, whatever names
 * from files are in it.
 */
export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => value(row))),
  ].map((line) =>
    line.map((cell) => {
      const text = shownText(cell, CELL_CHARACTERS);
      return { text, width: displayWidth(text) };
    }),
  );
  const widths = columns.map((_, index) =>
    cells.reduce((most, line) => Math.max(most, line[index]?.width ?? 0), 0),
  );
  const [titles = "", ...body] = cells.map((line) =>
    line
      .map(({ text, width }, index) => {
        const space = " ".repeat((widths[index] ?? 0) - width);
        return columns[index]?.align === "right" ? space + text : text + space;
      })
      .join("  ")
      .trimEnd(),
  );
  return [titles, widths.map((width) => "-".repeat(width)).join("  "), ...body];
}
