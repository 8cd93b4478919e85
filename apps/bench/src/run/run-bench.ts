import { availableParallelism } from "node:os";
import { builtinRecipe } from "@nin/spec";
import { measureAccuracy } from "../accuracy/measure-accuracy.js";
import { measureCeilings } from "../ceilings/measure-ceilings.js";
import type { Absent } from "../contestants/contestant.js";
import { findLine } from "../contestants/find-line.js";
import { chooseForLayers } from "../layers/choose-contestants.js";
import { measureLayers } from "../layers/measure-layers.js";
import { caseName } from "../result/case-name.js";
import { readEnvironment } from "../result/environment.js";
import type { AccuracyResult, BenchResult, CaseResult, Ceiling, LayerBreakdown } from "../result/format.js";
import type { CaseContext } from "../runner/options.js";
import { runCase } from "../runner/run-case.js";
import type { BenchOptions } from "./options.js";
import { planBench } from "./plan.js";
import { Schedule } from "./schedule.js";
import { withShares } from "./shares.js";

const ACCURACY_TARGET = 0.8;
const ACCURACY_RECIPE = "robust";
/** In less nothing is measured well. */
const LEAST_TASK_MS = 4000;

/**
 * Measures what the options ask for. What cannot be measured is named, not failed on; when the signal
 * aborts, what was done by then is the result.
 *
 * Throws: `BenchError` for a backend that the registry does not know; `SpecError`.
 */
export async function runBench(options: BenchOptions = {}): Promise<BenchResult> {
  const { quick = false, recipe = "d2l", data = "synthetic", threads = availableParallelism() } = options;
  const signal = options.signal ?? new AbortController().signal;
  const started = new Date();
  const plan = planBench(options);
  const environment = await readEnvironment();
  const schedule = new Schedule(plan.budgetMs, options.onProgress);
  const line = await findLine({ ...options, threads }, (doing) => schedule.report("who is here", doing));
  const context: CaseContext = {
    line,
    recipe: builtinRecipe(recipe),
    data,
    threads,
    pace: plan.pace,
    signal,
    report: (section, doing) => schedule.report(section, doing),
    openings: new Map(),
  };
  const absent: Absent[] = [...line.absent];
  const cases: CaseResult[] = [];
  const layers: LayerBreakdown[] = [];
  const accuracy: AccuracyResult[] = [];
  let ceilings: readonly Ceiling[] = [];

  const addTask = (what: string, weight: number, work: (budgetMs: number) => Promise<void>): void =>
    schedule.add(weight, async (budgetMs) => {
      if (budgetMs >= LEAST_TASK_MS) return work(budgetMs);
      absent.push({ what, why: "the time was over; --minutes gives more" });
    });

  schedule.add(1, async () => {
    const hardware = line.contestants.map((contestant) => contestant.hardware);
    const measured = await measureCeilings(hardware, threads, signal, (doing) =>
      schedule.report("ceilings", doing),
    );
    ceilings = measured.ceilings;
    absent.push(...measured.absent);
  });
  for (const casePlan of plan.cases) {
    addTask(caseName(casePlan), casePlan.weight, async (budgetMs) => {
      cases.push(await runCase(casePlan, context, budgetMs));
    });
  }
  for (const layerPlan of plan.layers) {
    addTask(`layers of ${layerPlan.model}`, layerPlan.weight, async (budgetMs) => {
      const chosen = chooseForLayers(line.contestants, cases, layerPlan.model, quick);
      for (const contestant of chosen) {
        const found = await measureLayers(layerPlan, contestant, context, budgetMs / chosen.length);
        if (typeof found !== "string") layers.push(found);
        else absent.push({ what: `layers of ${layerPlan.model} on ${contestant.id}`, why: found });
      }
    });
  }
  const backends = line.contestants.filter(({ kind }) => kind === "backend");
  for (const { model, architecture, batch, weight } of plan.accuracy) {
    for (const contestant of backends) {
      addTask(`accuracy of ${model} on ${contestant.id}`, weight / backends.length, async (budgetMs) => {
        const what = { model, architecture, batch, data, recipe: ACCURACY_RECIPE, target: ACCURACY_TARGET };
        const found = await measureAccuracy(
          what,
          contestant,
          context,
          budgetMs,
          trainingSpeed(cases, model, contestant.id),
        );
        if (typeof found !== "string") accuracy.push(found);
        else absent.push({ what: `accuracy of ${model} on ${contestant.id}`, why: found });
      });
    }
  }
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
    ceilings,
    cases: withShares(cases, line.contestants, ceilings),
    layers,
    accuracy,
    notMeasured: absent,
  };
}

/** Of the first case in which it was measured. Units: images/s. */
function trainingSpeed(cases: readonly CaseResult[], model: string, id: string): number | undefined {
  const training = cases.filter((of) => of.model === model && of.mode === "train");
  const entries = training.flatMap(({ entries }) => entries).filter(({ contestant }) => contestant === id);
  return entries.find(({ measured }) => measured !== undefined)?.measured?.imagesPerSecond.median;
}
