/**
 * Runs studies, in a folder.
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
export { type PlannedRun, planRuns, planStudy, StudyError, type StudyPlan } from "./plan/plan.js";
export {
  measuredBy,
  type RunStudyOptions,
  runStudy,
  type StudyEvent,
  type StudyRunContext,
  type StudyTrainer,
} from "./run/run-study.js";
export { openStudyRun, readStudyFolder, type StudyRecord } from "./run/study-folder.js";
