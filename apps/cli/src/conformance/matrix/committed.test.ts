import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { backendEntries } from "@nin/registry";
import { expect, it } from "vitest";
import { readSavedRun } from "../read-run.js";
import { matrixMarkdown, withMatrix } from "./markdown.js";
import { matrixRows } from "./matrix.js";

const RUNS = new URL("../../../../../results/conformance/", import.meta.url);
const DOCUMENT = new URL("../../../../../docs/conformance.md", import.meta.url);

it("docs/conformance.md has the table of the committed runs, as the command in it writes it", async () => {
  const paths = readdirSync(RUNS).map((name) => fileURLToPath(new URL(name, RUNS)));
  const rows = matrixRows(
    await Promise.all(paths.map(readSavedRun)),
    backendEntries.map(({ id }) => id),
  );
  const document = readFileSync(DOCUMENT, "utf8");
  expect(withMatrix(document, matrixMarkdown(rows), "docs/conformance.md")).toBe(document);
});
