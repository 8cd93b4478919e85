export type { CaseContext, ConformanceCase, DeviceOptions } from "./case.js";
export { conformanceCases } from "./cases.js";
export { compareGradients } from "./compare/gradients.js";
export { ConformanceFailure, ConformanceOptionError } from "./failure.js";
export { bareHost, type CaseFiles, type ConformanceHost, type HostFeature } from "./host.js";
export { type LevelName, levelNames, levelOf } from "./levels.js";
export {
  type FailingArchitecture,
  findFailingArchitecture,
  type SearchOptions,
  type SearchResult,
} from "./random/find-failing-architecture.js";
export { type LevelReport, reportByLevel } from "./report/by-level.js";
export { junitXml } from "./report/junit.js";
export {
  type CaseResult,
  type CaseStatus,
  type ConformanceReport,
  isFailure,
  reportOf,
} from "./report/report.js";
export { type CaseRunOptions, runCase } from "./runner/run-case.js";
export {
  type ConformanceOptions,
  type ConformancePlan,
  type ConformanceProgress,
  type PlannedCase,
  planConformance,
  runConformance,
} from "./runner/run-conformance.js";
export type { CaseSelection } from "./runner/select-cases.js";
export { tolerances } from "./tolerances.js";
export { compareRun } from "./trajectory/compare-run.js";
export type { PlannedStep, RunPlan } from "./trajectory/plan.js";
