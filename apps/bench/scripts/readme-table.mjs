/**
 * Puts the tables of results between the marks of a Markdown file:
 * `node apps/bench/scripts/readme-table.mjs README.md RESULT.json...`.
 */
import { readFile } from "node:fs/promises";
import { writeFileAtomic } from "@nin/files";
import { caseName, caseTable, readResult } from "../dist/index.js";

const [BEGIN, END] = ["<!-- benchmark: begin -->", "<!-- benchmark: end -->"];

const [document = "", ...paths] = process.argv.slice(2);
const tables = [];
for (const path of paths) {
  const { cases } = await readResult(path);
  for (const of of cases) tables.push(`${caseName(of)}:`, "", ...caseTable(of), "");
}
const text = await readFile(document, "utf8");
const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
if (before < 0 || after < before) throw new Error(`${document}: expected the lines ${BEGIN} and ${END}`);
await writeFileAtomic(
  document,
  `${text.slice(0, before + BEGIN.length)}\n\n${tables.join("\n")}\n${text.slice(after)}`,
);
