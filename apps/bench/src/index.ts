/**
 * The benchmark as a library: results, comparisons, pages.
 *
 * @example
 * ```ts
 * import { comparisonLines, compareResults, readResult } from "@nin/bench";
 *
 * export async function compareFiles(before: string, after: string): Promise<readonly string[]> {
 *   const comparison = compareResults(await readResult(before), await readResult(after), 0.02);
 *   return comparisonLines(comparison, 0.02);
 * }
 * ```
 *
 * @packageDocumentation
 */
export type { BenchProgress } from "./cases/case-context.js";
export {
  type Change,
  type Comparison,
  checkoutLines,
  compareResults,
  comparisonJson,
  comparisonLines,
} from "./compare/compare.js";
export { BenchError } from "./protocol/errors.js";
export { csvOf } from "./report/csv.js";
export { rate } from "./report/figures.js";
export { caseTable, markdownOf } from "./report/markdown.js";
export { renderBenchPage } from "./report/page/render.js";
export { busyLoad } from "./result/environment.js";
export { type BenchResult, type CaseResult, caseName, type Entry } from "./result/format.js";
export { readResult } from "./result/parse-result.js";
export { type CheckoutComparison, compareCheckouts, referenceRatio } from "./result/ratios.js";
export { resultJson } from "./result/result-json.js";
export type { BenchOptions, NamedModel, Section } from "./run/plan.js";
export { runBench } from "./run/run-bench.js";
