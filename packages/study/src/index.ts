/**
 * Studies: many trainings declared in one file, and their results summed up. `./node` runs them.
 *
 * @example
 * ```ts
 * import { expandStudy, parseStudy } from "@nin/study";
 *
 * const study = parseStudy({
 *   format: "nin-study",
 *   version: 1,
 *   name: "one-by-one",
 *   base: { model: "nin-mnist", "recipe.epochs": 2 },
 *   grid: { model: ["nin-mnist?mlpConvs=0", "nin-mnist"], seed: [0, 1, 2] },
 * });
 * for (const { model, seed } of expandStudy(study)) console.log(model, seed);
 * ```
 *
 * @packageDocumentation
 */
export type { Distribution, RandomSettings } from "./format/random.js";
export { type JsonValue, type StudySettings, settingNames } from "./format/settings.js";
export { expandStudy, parseStudy, type Study } from "./format/study.js";
export { studyResultsCsv } from "./results/csv.js";
export {
  groupRuns,
  groupText,
  type Spread,
  type StudyGroup,
  settingsText,
  settingTitle,
  spreadOf,
  variedSettings,
} from "./results/groups.js";
export {
  isToDo,
  parseStudyResults,
  type StudyResults,
  type StudyRunResult,
  type StudyRunStatus,
} from "./results/results.js";
