import { levelNames } from "@nin/conformance";
import { markdownCode, markdownText } from "@nin/page";
import { at } from "@nin/spec";
import { UsageError } from "../../errors/usage-error.js";
import { duration, plural } from "../../terminal/format.js";
import { arithmeticSuffix } from "../saved-run.js";
import {
  type AbsentRow,
  isRunRow,
  type LevelCounts,
  type MatrixRow,
  type RunRow,
  totalOf,
} from "./matrix.js";

const BEGIN = "<!-- conformance matrix: begin -->";
const END = "<!-- conformance matrix: end -->";

/**
 * The matrix as Markdown: levels as rows, as there are too many of them for columns, and
 * devices as columns; below it the devices without a run, and why cases are expected to fail.
 */
export function matrixMarkdown(rows: readonly MatrixRow[]): string {
  const runs = rows.filter(isRunRow);
  const absent = rows.filter((row): row is AbsentRow => !isRunRow(row));
  const table = [
    ["level", ...runs.map(title)],
    ["---", ...runs.map(() => "---:")],
    ...levelNames.map((level) => [`\`${level}\``, ...runs.map(({ levels }) => cell(levels.get(level)))]),
    ["all", ...runs.map(({ run }) => cell(run.report))],
    ["run", ...runs.map(({ run }) => `${run.quick ? "quick" : "full"}, ${duration(run.durationMs)}`)],
  ];
  const notes = [
    ...expectedReasons(runs),
    ...absent.map(
      ({ backend, device, why }) =>
        `${[backend, device].filter(Boolean).map(markdownCode).join(" ")}: ${markdownText(why)}.`,
    ),
  ];
  return [aligned(table), ...(notes.length === 0 ? [] : ["", ...notes.map((note) => `- ${note}`)])].join(
    "\n",
  );
}

/** `` `webgpu` `lavapipe` mixed ``. */
function title({ backend, device, ...arithmetic }: RunRow): string {
  return `${markdownCode(backend)} ${markdownCode(device)}${arithmeticSuffix(arithmetic)}`;
}

/**
 * Replaces the text between the marks.
 *
 * @throws `UsageError` for a document without them
 */
export function withMatrix(document: string, markdown: string, path: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new UsageError(`${path}: expected the lines ${BEGIN} and ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${markdown}\n\n${document.slice(end)}`;
}

/** `61`; `58, 3 expected to fail`; `**2 of 61 fail**`. */
function cell(counts: LevelCounts | undefined): string {
  if (counts === undefined) return "–";
  const { passed, failed, skipped, expectedFailures } = counts;
  if (failed > 0) return `**${failed} of ${totalOf(counts)} fail**`;
  const rest = [
    ...(expectedFailures > 0 ? [`${expectedFailures} expected to fail`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return [`${passed}`, ...rest].join(", ");
}

/** One line per reason, with the number of its cases. */
function expectedReasons(runs: readonly RunRow[]): readonly string[] {
  return runs.flatMap((row) => {
    const { run } = row;
    const reasons = run.report.cases.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
    return [...new Set(reasons)].map((reason) => {
      const cases = plural(reasons.filter((other) => other === reason).length, "case");
      return `${title(row)}, ${cases} expected to fail: ${markdownText(reason)}`;
    });
  });
}

function aligned(table: readonly (readonly string[])[]): string {
  const widths = at(table, 0).map((_, column) =>
    table.reduce((most, row) => Math.max(most, at(row, column).length), 0),
  );
  return table
    .map((row) => `| ${row.map((text, column) => padded(text, column, widths)).join(" | ")} |`)
    .join("\n");
}

function padded(text: string, column: number, widths: readonly number[]): string {
  const width = at(widths, column);
  if (text.startsWith("---")) return text.endsWith(":") ? `${"-".repeat(width - 1)}:` : "-".repeat(width);
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
