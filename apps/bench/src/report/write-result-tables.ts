/**
 * `node apps/bench/dist/report/write-result-tables.js DOCUMENT...`, after a build.
 *
 * Puts tables of committed results into documents, between the marks that they have: every case of the results in full
 * into `docs/benchmark.md`, five rows on a processor and on a GPU into `README.md`.
 */
import { readFile } from "node:fs/promises";
import { writeFileAtomic } from "@nin/files";
import { withResultTables } from "./result-tables.js";

const documents = process.argv.slice(2);
if (documents.length === 0) throw new Error("expected the documents that get the tables");
for (const document of documents) {
  await writeFileAtomic(document, await withResultTables(await readFile(document, "utf8")));
}
