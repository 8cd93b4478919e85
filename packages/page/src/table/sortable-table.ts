import { type Html, type HtmlValue, html } from "../document/html.js";
import { compareValues, type SortDirection, type SortValue } from "./order.js";

/** A column of a table that sorts. */
export interface SortableColumn<Row> {
  readonly title: HtmlValue;
  readonly cell: (row: Row) => HtmlValue;
  /** What rows are sorted by: null where a row has nothing there, which comes last. A column without it does not sort. */
  readonly value?: (row: Row) => SortValue;
  /** Words are aligned left and compared as such, numbers right; `number` by default. */
  readonly kind?: "number" | "words";
  /** The direction of the first click: `descending` where high values are good. By default `ascending`. */
  readonly first?: SortDirection;
}

/** A table whose rows a reader can sort. */
export interface SortableTable<Row> {
  /** Unique in the page. */
  readonly id: string;
  /** Its name, for a screen reader. */
  readonly label: string;
  readonly columns: readonly SortableColumn<Row>[];
  readonly rows: readonly Row[];
  /** Identifies a row, where the page replaces it: its `data-key`. */
  readonly key?: (row: Row) => string;
  /** The column whose cells name the rows; the first by default. */
  readonly header?: number;
  /** The column that the rows are sorted by at first; by default they stay in their order. */
  readonly sorted?: { readonly column: number; readonly direction: SortDirection };
}

/**
 * A table that sorts by a click on the title of a column, or by Enter or the space bar on it. Each title is a button
 * which the script of `chartAssets` makes; without JavaScript it is a plain table in the order of `sorted`. It scrolls
 * in a region of its own where it is wider than the page. Sorting keeps the order of equal rows.
 *
 * @example
 * ```ts
 * const table = sortableTable({
 *   id: "runs",
 *   label: "Runs",
 *   columns: [
 *     { title: "Run", cell: ({ name }) => name, value: ({ name }) => name, kind: "words" },
 *     {
 *       title: "Test accuracy",
 *       cell: ({ accuracy }) => formatPercent(accuracy),
 *       value: ({ accuracy }) => accuracy,
 *       first: "descending",
 *     },
 *   ],
 *   rows: [{ name: "first", accuracy: 0.9 }, { name: "second", accuracy: null }],
 * });
 * ```
 */
export function sortableTable<Row>(table: SortableTable<Row>): Html {
  const { id, label, columns, header = 0, sorted } = table;
  const rows = sorted === undefined ? table.rows : sortedRows(table.rows, columns[sorted.column], sorted);
  const titles = columns.map((column, index) =>
    titleCell(column, index === header, sorted?.column === index ? sorted.direction : undefined),
  );
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">
<table class="figures sortable" id="${id}" aria-label="${label}">
<thead><tr>${titles}</tr></thead>
<tbody>
${rows.map((row) => sortableRow(table, row))}</tbody>
</table>
</div>`;
}

/** A row of such a table by itself, for a page that replaces it. */
export function sortableRow<Row>(
  { columns, key, header = 0 }: Pick<SortableTable<Row>, "columns" | "key" | "header">,
  row: Row,
): Html {
  const cells = columns.map((column, index) => {
    const style = classOf(column, index === header);
    const value = column.value?.(row);
    const isSorted = value !== undefined && value !== null && !Number.isNaN(value);
    const attributes = html`${style}${isSorted && html` data-value="${value}"`}`;
    return index === header
      ? html`<th scope="row"${attributes}>${column.cell(row)}</th>`
      : html`<td${attributes}>${column.cell(row)}</td>`;
  });
  return html`<tr${key !== undefined && html` data-key="${key(row)}"`}>${cells}</tr>\n`;
}

function titleCell<Row>(
  column: SortableColumn<Row>,
  isHeader: boolean,
  direction: SortDirection | undefined,
): Html {
  const { title, value, kind = "number", first = "ascending" } = column;
  const sort =
    value !== undefined &&
    html` data-sort="${kind === "words" ? "text" : "number"}" data-first="${first}"${direction !== undefined && html` aria-sort="${direction}"`}`;
  return html`<th scope="col"${classOf(column, isHeader)}${sort}>${title}</th>`;
}

function classOf<Row>({ kind }: SortableColumn<Row>, isHeader: boolean): Html | false {
  return isHeader ? html` class="name"` : kind === "words" && html` class="words"`;
}

function sortedRows<Row>(
  rows: readonly Row[],
  column: SortableColumn<Row> | undefined,
  { column: index, direction }: NonNullable<SortableTable<Row>["sorted"]>,
): readonly Row[] {
  const value = column?.value;
  if (value === undefined) throw new RangeError(`column ${index} does not sort`);
  const known = (row: Row): SortValue => {
    const found = value(row);
    return typeof found === "number" && Number.isNaN(found) ? null : found;
  };
  return [...rows].sort((one, other) => compareValues(known(one), known(other), direction));
}
