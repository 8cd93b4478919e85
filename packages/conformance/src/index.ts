/**
 * The conformance suite: its cases, and the functions that run them.
 *
 * @example
 * ```ts
 * import { createReferenceBackend } from "@nin/backend-reference";
 * import { reportByLevel, runConformance } from "@nin/conformance";
 *
 * const report = await runConformance(createReferenceBackend(), { quick: true, filter: "shapes/" });
 * console.log(reportByLevel(report));
 * ```
 *
 * @packageDocumentation
 */
export {
  type CaseContext,
  type ConformanceCase,
  type DeviceOptions,
  type LevelName,
  levelNames,
  levelOf,
} from "./case/case.js";
export { ConformanceFailure, ConformanceOptionError } from "./case/failure.js";
export { bareHost, type CaseFiles, type ConformanceHost, type HostFeature } from "./case/host.js";
export { tolerances } from "./case/tolerances.js";
export { compareGradients } from "./check/network.js";
export { junitXml } from "./report/junit.js";
export {
  type CaseResult,
  type CaseStatus,
  type ConformanceReport,
  isFailure,
  type LevelReport,
  reportByLevel,
  reportOf,
} from "./report/report.js";
export { conformanceCases } from "./runner/cases.js";
export {
  type FailingArchitecture,
  findFailingArchitecture,
  type SearchOptions,
  type SearchResult,
} from "./runner/find-failing-architecture.js";
export { type CaseRunOptions, runCase } from "./runner/run-case.js";
export {
  type CaseSelection,
  type ConformanceOptions,
  type ConformancePlan,
  type ConformanceProgress,
  type PlannedCase,
  planConformance,
  runConformance,
} from "./runner/run-conformance.js";
export { compareRun } from "./trajectory/compare-run.js";
export type { PlannedStep, RunPlan } from "./trajectory/plan.js";
