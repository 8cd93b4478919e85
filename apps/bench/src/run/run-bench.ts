import { loadDataset } from "@nin/data/node";
import { availableParallelism, mostThreads } from "@nin/files";
import { builtinRecipe } from "@nin/spec";
import { identityOf, StartupTimes } from "../cases/case-context.js";
import { findTargets, type Implementation } from "../implementations/targets.js";
import { BenchError } from "../protocol/errors.js";
import { readEnvironment } from "../result/environment.js";
import { type BenchResult, type CaseResult, type Ceiling, caseName } from "../result/format.js";
import { type BenchOptions, type BenchPlan, planBench } from "./plan.js";
import { addTasks, type Run, Schedule } from "./tasks.js";

/**
 * Measures what the options ask for. What cannot be measured is named in the result; when the signal aborts, the
 * result is what had been measured by then.
 *
 * @throws before anything is measured or reported, `BenchError` for a backend or baseline that does not exist, for
 *   `threads` that the machine cannot use, and where nothing can be measured; `DataError`; `SpecError`
 *
 * @example
 * ```ts
 * import { markdownOf, runBench } from "@nin/bench";
 *
 * const result = await runBench({ quick: true, backends: ["onnxruntime:cpu"] });
 * console.log(markdownOf(result));
 * ```
 */
export async function runBench(options: BenchOptions = {}): Promise<BenchResult> {
  const { quick = false, recipe = "d2l", data = "synthetic", threads = availableParallelism() } = options;
  requireThreads(threads);
  const signal = options.signal ?? new AbortController().signal;
  const started = new Date();
  const plan = planBench(options);
  const rules = builtinRecipe(recipe);
  await requireData(data, plan, options);
  const environment = await readEnvironment();
  const schedule = new Schedule(plan.budgetMs, options.onProgress);
  const report = (section: string, doing: string): void => schedule.report(section, doing);
  const targets = await findTargets({ ...options, threads }, (doing) =>
    report("finding implementations", doing),
  );
  const fixed = { recipe: rules, data, threads, pace: plan.pace };
  const context = { targets, ...fixed, signal, report, startupTimes: new StartupTimes() };
  const found = {
    ceilings: [],
    cases: [],
    layers: [],
    accuracy: [],
    memory: [],
    absent: [...targets.absent],
  };
  const run: Run = { plan, quick, context, schedule, ...found };
  addTasks(run);
  await schedule.run(signal);
  const { rounds, checkout } = options;
  return {
    format: "nin-bench",
    version: 1,
    startedAt: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    interrupted: signal.aborted,
    settings: {
      quick,
      threads,
      recipe,
      data,
      budgetMs: plan.budgetMs,
      ...(rounds === undefined ? {} : { rounds }),
      ...(checkout === undefined ? {} : { checkout }),
    },
    environment: { ...environment, ...(targets.browser === undefined ? {} : { browser: targets.browser }) },
    implementations: targets.implementations.map(({ id, name, kind, hardware }) => ({
      id,
      name,
      kind,
      hardware,
    })),
    ceilings: run.ceilings,
    cases: withShares(inOrderOf(plan, run.cases), targets.implementations, run.ceilings),
    layers: run.layers,
    accuracy: run.accuracy,
    ...(plan.memory.length === 0 ? {} : { memory: run.memory }),
    notMeasured: run.absent,
  };
}

function requireThreads(threads: number): void {
  const most = mostThreads();
  if (Number.isSafeInteger(threads) && threads >= 1 && threads <= most) return;
  const expected = `an integer from 1 to ${most}, four for each thread that can run at once on this machine`;
  throw new BenchError(`threads: expected ${expected}, got ${threads}`);
}

/** Implementations read the data themselves: an error in it is found here, before any of them is measured. */
async function requireData(
  data: string,
  { cases, accuracy }: BenchPlan,
  options: BenchOptions,
): Promise<void> {
  const { signal, onDownload } = options;
  const isUsed = accuracy.length > 0 || cases.some(({ mode }) => mode === "epoch");
  if (data === "synthetic" || (data === "fashion-mnist" && !isUsed)) return;
  await loadDataset(data, {
    ...(signal === undefined ? {} : { signal }),
    ...(onDownload === undefined ? {} : { onProgress: onDownload }),
  });
}

/** Cases are measured in another order than they are reported in. */
function inOrderOf({ cases }: BenchPlan, measured: readonly CaseResult[]): readonly CaseResult[] {
  const names = cases.map((plan) => caseName(identityOf(plan)));
  return measured.toSorted((a, b) => names.indexOf(caseName(a)) - names.indexOf(caseName(b)));
}

/** Fills in which fraction of its hardware's matrix product each implementation reaches. */
function withShares(
  cases: readonly CaseResult[],
  implementations: readonly Implementation[],
  ceilings: readonly Ceiling[],
): readonly CaseResult[] {
  return cases.map((result) => ({
    ...result,
    entries: result.entries.map((entry) => {
      const implementation = implementations.find(({ id }) => id === entry.implementation);
      const ceiling = ceilings.find(({ hardware }) => hardware === implementation?.hardware);
      const isFloat32 = result.precision === "f32" && implementation?.tf32 !== true;
      if (entry.measured === undefined || ceiling === undefined || !isFloat32) return entry;
      const shareOfCeiling = entry.measured.flopsPerSecond / ceiling.flopsPerSecond.p95;
      return { ...entry, measured: { ...entry.measured, shareOfCeiling } };
    }),
  }));
}
