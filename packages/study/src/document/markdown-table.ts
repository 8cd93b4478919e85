import { markdownText } from "@nin/page";
import { defaultColumns, type StudyColumn } from "../results/columns.js";
import { groupRuns } from "../results/groups.js";
import type { StudyResults } from "../results/results.js";

/**
 * A study's results as a table in Markdown, a line for each group of runs that differ in the seed alone, in the study's
 * order. The same results give the same text.
 *
 * @example
 * ```ts
 * import { parseStudyResults } from "@nin/study";
 * import { settingColumn, studyColumns, studyMarkdownTable } from "@nin/study/node";
 *
 * export function tableOf(json: unknown): string {
 *   const { testAccuracy, parameters } = studyColumns;
 *   return studyMarkdownTable(parseStudyResults(json), [settingColumn("model"), testAccuracy, parameters]);
 * }
 * ```
 */
export function studyMarkdownTable(
  results: StudyResults,
  columns: readonly StudyColumn[] = defaultColumns(results),
): string {
  const cells = [
    columns.map(({ title }) => markdownText(title)),
    ...groupRuns(results).map((group) => columns.map(({ text }) => markdownText(text(group)))),
  ];
  const widths = columns.map((_, index) => Math.max(3, ...cells.map((row) => row[index]?.length ?? 0)));
  const lines = cells.map((row) => {
    const padded = row.map((cell, index) => {
      const width = widths[index] ?? 0;
      return columns[index]?.align === "right" ? cell.padStart(width) : cell.padEnd(width);
    });
    return `| ${padded.join(" | ")} |`;
  });
  const rule = columns.map(({ align }, index) => {
    const dashes = "-".repeat((widths[index] ?? 0) - (align === "right" ? 1 : 0));
    return align === "right" ? `${dashes}:` : dashes;
  });
  const [head, ...body] = lines;
  return `${[head, `| ${rule.join(" | ")} |`, ...body].join("\n")}\n`;
}
