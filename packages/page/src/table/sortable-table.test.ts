import { describe, expect, it } from "vitest";
import { compareValues, sortValueOf } from "./order.js";
import { type SortableTable, sortableRow, sortableTable } from "./sortable-table.js";

interface Row {
  readonly name: string;
  readonly accuracy: number | null;
}

const table: SortableTable<Row> = {
  id: "runs",
  label: "Runs <all>",
  columns: [
    { title: "Run", cell: ({ name }) => name, value: ({ name }) => name, kind: "words" },
    {
      title: "Accuracy",
      cell: ({ accuracy }) => (accuracy === null ? "none" : `${accuracy}%`),
      value: ({ accuracy }) => accuracy,
      first: "descending",
    },
    { title: "Note", cell: () => "<b>", kind: "words" },
  ],
  rows: [
    { name: "nin-10", accuracy: 90 },
    { name: "nin-2", accuracy: null },
    { name: 'a "quoted" one', accuracy: 91.5 },
  ],
  key: ({ name }) => name,
};

const rowsOf = (text: string): readonly string[] =>
  [...text.matchAll(/<tr data-key="([^"]*)">/g)].map(([, key]) => key ?? "");

describe("a table that sorts", () => {
  const { text } = sortableTable(table);

  it("is a plain table, in a region that scrolls", () => {
    expect(text).toContain('<div class="scroll" role="region" aria-label="Runs &lt;all&gt;" tabindex="0">');
    expect(text).toContain(
      '<tr data-key="nin-10"><th scope="row" class="name" data-value="nin-10">nin-10</th><td data-value="90">90%</td><td class="words">&lt;b&gt;</td></tr>',
    );
    expect(text).not.toContain("<button");
    expect(rowsOf(text)).toEqual(["nin-10", "nin-2", "a &quot;quoted&quot; one"]);
  });

  it("says how its columns sort, and which do not", () => {
    expect(text).toContain(
      '<th scope="col" class="name" data-sort="text" data-first="ascending">Run</th>' +
        '<th scope="col" data-sort="number" data-first="descending">Accuracy</th>' +
        '<th scope="col" class="words">Note</th>',
    );
  });

  it("gives a cell without a value none to sort by", () => {
    expect(sortableRow(table, { name: "x", accuracy: null }).text).toContain("<td>none</td>");
    expect(sortableRow(table, { name: "x", accuracy: Number.NaN }).text).toContain("<td>NaN%</td>");
    expect(sortableRow({ columns: table.columns, header: 1 }, { name: "x", accuracy: 1 }).text).toContain(
      '<tr><td class="words" data-value="x">x</td><th scope="row" class="name" data-value="1">1%</th>',
    );
  });

  it("is sorted without JavaScript too, what is missing last in both directions", () => {
    const sorted = (direction: "ascending" | "descending"): string =>
      sortableTable({ ...table, sorted: { column: 1, direction } }).text;
    expect(rowsOf(sorted("ascending"))).toEqual(["nin-10", "a &quot;quoted&quot; one", "nin-2"]);
    expect(rowsOf(sorted("descending"))).toEqual(["a &quot;quoted&quot; one", "nin-10", "nin-2"]);
    expect(sorted("descending")).toContain('aria-sort="descending">Accuracy');
    expect(() => sortableTable({ ...table, sorted: { column: 2, direction: "ascending" } })).toThrow(
      "column 2 does not sort",
    );
  });
});

describe("the order of values", () => {
  it("is that of numbers, and of words with numbers in them", () => {
    const sorted = (values: (number | string | null)[], direction: "ascending" | "descending") =>
      values.sort((one, other) => compareValues(one, other, direction));
    expect(sorted([10, null, 9, -1], "ascending")).toEqual([-1, 9, 10, null]);
    expect(sorted([10, null, 9, -1], "descending")).toEqual([10, 9, -1, null]);
    expect(sorted(["nin-10", "nin-2", null, "Alexnet"], "ascending")).toEqual([
      "Alexnet",
      "nin-2",
      "nin-10",
      null,
    ]);
  });

  it("is that of what the page has of them", () => {
    expect(sortValueOf("1e3", "number")).toBe(1000);
    expect(sortValueOf("1e3", "text")).toBe("1e3");
    expect(sortValueOf(null, "number")).toBeNull();
  });
});
