import { compareValues, type SortDirection, type SortValue, sortValueOf } from "../table/order.js";

/** Makes the titles of the sortable tables buttons that sort them. */
export function startSorting(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>("table.sortable")) {
    for (const title of titlesOf(table)) if (title.dataset.sort !== undefined) addButton(table, title);
  }
}

/** Puts the rows of a table into the order that its reader chose, after some have been replaced. */
export function sortAgain(table: HTMLTableElement): void {
  const titles = titlesOf(table);
  const column = titles.findIndex((title) => title.hasAttribute("aria-sort"));
  const title = titles[column];
  const isDescending = title?.getAttribute("aria-sort") === "descending";
  if (title !== undefined) sortRows(table, column, isDescending ? "descending" : "ascending");
}

function titlesOf(table: HTMLTableElement): readonly HTMLTableCellElement[] {
  return [...(table.tHead?.rows[0]?.cells ?? [])];
}

function addButton(table: HTMLTableElement, title: HTMLTableCellElement): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sort";
  button.append(...title.childNodes);
  title.append(button);
  button.addEventListener("click", () => {
    const direction = nextDirection(title);
    for (const other of titlesOf(table)) other.removeAttribute("aria-sort");
    title.setAttribute("aria-sort", direction);
    sortRows(table, title.cellIndex, direction);
  });
}

function nextDirection(title: HTMLTableCellElement): SortDirection {
  const current = title.getAttribute("aria-sort");
  if (current === null) return title.dataset.first === "descending" ? "descending" : "ascending";
  return current === "ascending" ? "descending" : "ascending";
}

function sortRows(table: HTMLTableElement, column: number, direction: SortDirection): void {
  const [body] = table.tBodies;
  const kind = titlesOf(table)[column]?.dataset.sort === "text" ? "text" : "number";
  const cellValue = (row: HTMLTableRowElement): SortValue =>
    sortValueOf(row.cells[column]?.getAttribute("data-value") ?? null, kind);
  const rows = [...(body?.rows ?? [])].map((row) => ({ row, value: cellValue(row) }));
  rows.sort((one, other) => compareValues(one.value, other.value, direction));
  body?.append(...rows.map(({ row }) => row));
}
