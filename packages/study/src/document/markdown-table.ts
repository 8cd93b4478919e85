import { markdownTable, markdownText } from "@nin/page";
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
  const head = columns.map(({ title, align }) => ({
    title: markdownText(title),
    ...(align !== undefined && { align }),
  }));
  return markdownTable(
    head,
    groupRuns(results).map((group) => columns.map(({ text }) => markdownText(text(group)))),
  );
}
