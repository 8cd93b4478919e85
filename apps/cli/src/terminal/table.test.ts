import { expect, it } from "vitest";
import { type Column, tableLines } from "./table.js";
import { displayWidth } from "./text-width.js";

const columns: readonly Column<{ readonly name: string; readonly size: number }>[] = [
  { title: "name", value: ({ name }) => name },
  { title: "size", value: ({ size }) => `${size}`, align: "right" },
];

it("columns are as wide as their widest cell, numbers on the right", () => {
  expect(
    tableLines(columns, [
      { name: "a", size: 5 },
      { name: "longer", size: 12_345 },
    ]),
  ).toEqual(["name     size", "------  -----", "a           5", "longer  12345"]);
});

it("names from files are printed on one line, escaped, and columns stay aligned", () => {
  const names = ["日本", "👍", "e\u0301te\u0301", "\u001b[2J", "a\nb\u202e", "x".repeat(5000)];
  const lines = tableLines(
    columns,
    names.map((name) => ({ name, size: 7 })),
  );
  expect(lines[5]).toMatch(/^\\u001b\[2J +7$/);
  expect(lines[6]).toMatch(/^a\\nb\\u202e +7$/);
  expect(new Set(lines.map(displayWidth))).toEqual(new Set([1000 + "... (5000 characters)".length + 2 + 4]));
});

it("100,000 rows take no longer than they should", () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => ({ name: `net.${index}`, size: index }));
  const started = process.cpuUsage();
  expect(tableLines(columns, rows)).toHaveLength(100_002);
  expect(process.cpuUsage(started).user).toBeLessThan(4e6);
});

it("without rows there are titles", () => {
  expect(tableLines(columns, [])).toEqual(["name  size", "----  ----"]);
});

const wide: readonly Column<{ readonly name: string; readonly what: string }>[] = [
  { title: "name", value: ({ name }) => name },
  { title: "what it is", value: ({ what }) => what },
];
const rows = [{ name: "a", what: "a long text of words" }];

it("a table wider than the terminal has its widest cells broken between words", () => {
  expect(tableLines(wide, rows, 26)).toEqual([
    "name  what it is",
    "----  --------------------",
    "a     a long text of words",
  ]);
  expect(tableLines(wide, rows, 18)).toEqual([
    "name  what it is",
    "----  ------------",
    "a     a long text",
    "      of words",
  ]);
});

it("and is a list where even words are too long", () => {
  expect(tableLines(wide, rows, 9)).toEqual(["a", "  what it is: a long text of words"]);
});
