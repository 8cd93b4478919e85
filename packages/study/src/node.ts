/**
 * Runs studies, in a folder, and shows their results: as tables in Markdown, as charts in SVG.
 *
 * @example
 * ```ts
 * import { planStudy } from "@nin/study/node";
 *
 * const { runs } = await planStudy("studies/one-by-one.json");
 * console.log(runs.length);
 * ```
 *
 * @packageDocumentation
 */
export {
  accuracyChart,
  type StudyChart,
  type StudyChartAxis,
  studyChartSvg,
} from "./document/chart-svg.js";
export { studyMarkdownTable } from "./document/markdown-table.js";
export { renderStudy, type StudyCurves, type StudyReport } from "./page/render-study.js";
export { writeStudyPage } from "./page/write-study-page.js";
export { type PlannedRun, planRuns, planStudy, StudyError, type StudyPlan } from "./plan/plan.js";
export { defaultColumns, type StudyColumn, settingColumn, studyColumns } from "./results/columns.js";
export {
  measuredBy,
  type RunStudyOptions,
  runStudy,
  type StudyEvent,
  type StudyRunContext,
  type StudyTrainer,
} from "./run/run-study.js";
export { openStudyRun, readStudyFolder, type StudyRecord } from "./run/study-folder.js";
