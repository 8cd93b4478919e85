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
