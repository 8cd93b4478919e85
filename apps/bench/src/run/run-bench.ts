import { loadDataset } from "@nin/data/node";
import { availableParallelism, mostThreads } from "@nin/files";
import { builtinRecipe } from "@nin/spec";
import { findLine } from "../implementations/find-targets";
import { BenchError } from "../errors.js";
import { caseName } from "../result/case-name.js";
import { readEnvironment } from "../result/environment.js";
import type { BenchResult, CaseResult } from "../result/format.js";
import { Openings } from "../cases/startup-times";
import type { BenchOptions } from "./options.js";
import { type BenchPlan, planBench } from "./plan.js";
import { Schedule } from "./schedule.js";
import { withShares } from "./shares.js";
import { addTasks, type Run } from "./tasks.js";

/**
 * Measures what the options ask for. What cannot be measured is named, not failed on; when the signal
 * aborts, what was done by then is the result.
 *
 * Throws: before anything is measured or reported, `BenchError` for a backend that the registry does not know, for
 * `threads` that the machine cannot use, and where nothing can be measured; `DataError`; `SpecError`.
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
  const line = await findLine({ ...options, threads }, (doing) => report("who is here", doing));
  const fixed = { recipe: rules, data, threads, pace: plan.pace };
  const context = { line, ...fixed, signal, report, openings: new Openings() };
  const found = { ceilings: [], cases: [], layers: [], accuracy: [], absent: [...line.absent] };
  const run: Run = { plan, quick, context, schedule, ...found };
  addTasks(run);
  await schedule.run(signal);
  return {
    format: "nin-bench",
    version: 1,
    startedAt: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    interrupted: signal.aborted,
    settings: { quick, threads, recipe, data, budgetMs: plan.budgetMs },
    environment,
    contestants: line.contestants.map(({ id, name, kind, hardware }) => ({ id, name, kind, hardware })),
    ceilings: run.ceilings,
    cases: withShares(inOrderOf(plan, run.cases), line.contestants, run.ceilings),
    layers: run.layers,
    accuracy: run.accuracy,
    notMeasured: run.absent,
  };
}

function requireThreads(threads: number): void {
  const most = mostThreads();
  if (Number.isSafeInteger(threads) && threads >= 1 && threads <= most) return;
  const expected = `an integer from 1 to ${most}, four for each thread that can run at once on this machine`;
  throw new BenchError(`threads: expected ${expected}, got ${threads}`);
}

/** Cases were measured in another order than they are told in. */
function inOrderOf({ cases }: BenchPlan, measured: readonly CaseResult[]): readonly CaseResult[] {
  const names = cases.map(caseName);
  return measured.toSorted((a, b) => names.indexOf(caseName(a)) - names.indexOf(caseName(b)));
}

/** Contestants read the data themselves: what is wrong with it is found here, before the others are measured. */
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
