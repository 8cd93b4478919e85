import { expect, it } from "vitest";
import { type Column, tableLines } from "./table.js";

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
