import { conformanceCases, levelNames } from "@nin/conformance";
import { readTextBounded, SIZE_LIMITS, writeFilesAtomic } from "@nin/files";
import { backendEntries } from "@nin/registry";
import { requireOutputs } from "../../arguments/outputs.js";
import type { Terminal } from "../../terminal/terminal.js";
import { readSavedRun } from "../read-run.js";
import { matrixMarkdown, withMatrix } from "./markdown.js";
import { isRunRow, type MatrixRow, matrixRows } from "./matrix.js";
import { matrixPage } from "./page.js";

export interface MatrixFlags {
  readonly html?: string;
  readonly readme?: string;
  readonly json?: boolean;
}

/** Makes the matrix from saved runs; writes it to files where these are named, else prints it. */
export async function runMatrixCommand(
  paths: readonly string[],
  { html, readme, json = false }: MatrixFlags,
  terminal: Terminal,
): Promise<void> {
  await requireOutputs({ "--html": html, "--readme": readme });
  const runs = await Promise.all(paths.map(readSavedRun));
  const rows = matrixRows(
    runs,
    backendEntries.map(({ id }) => id),
  );
  const contents = new Map<string, string>();
  if (html !== undefined) contents.set(html, matrixPage(rows, conformanceCases()));
  if (readme !== undefined) {
    contents.set(readme, withMatrix(await readDocument(readme), matrixMarkdown(rows), readme));
  }
  await writeFilesAtomic(contents);
  if (json) terminal.print(JSON.stringify(rows.map(asJson), undefined, 2));
  else if (html === undefined && readme === undefined) terminal.print(matrixMarkdown(rows));
}

function readDocument(path: string): Promise<string> {
  return readTextBounded(path, { maxBytes: SIZE_LIMITS.settings, regularOnly: true });
}

function asJson(row: MatrixRow): object {
  const { backend, device } = row;
  if (!isRunRow(row)) return { backend, device, reason: row.why };
  const levels = levelNames.map((level) => [level, countsOf(row.levels.get(level))]);
  return {
    backend,
    device,
    precision: row.precision,
    ...(row.convolution && { convolution: row.convolution }),
    quick: row.run.quick,
    ...countsOf(row.run.report),
    levels: Object.fromEntries(levels),
  };
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly expectedFailures: number;
}

const NONE: Counts = { passed: 0, failed: 0, skipped: 0, expectedFailures: 0 };

function countsOf({ passed, failed, skipped, expectedFailures }: Counts = NONE): Counts {
  return { passed, failed, skipped, expectedFailures };
}
