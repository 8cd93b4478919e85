import { summarize } from "@nin/spec";
import { measureAccuracy } from "../sections/time-to-accuracy";
import { measureCeilings } from "../ceilings/measure-ceilings.js";
import type { Absent } from "../implementations/implementation";
import { chooseForLayers } from "../sections/choose-implementations";
import { measureLayers } from "../sections/layer-times";
import { caseName } from "../result/case-name.js";
import type { AccuracyResult, CaseResult, Ceiling, LayerBreakdown } from "../result/format.js";
import type { CaseContext, CasePlan } from "../cases/case-context";
import { runCase } from "../cases/run-case";
import type { BenchPlan } from "./plan.js";
import type { Schedule } from "./schedule.js";

const ACCURACY_TARGET = 0.8;
const ACCURACY_RECIPE = "robust";
/** With fewer the accuracy was never reached. */
const LEAST_IMAGES = 4096;
/** In less nothing is measured well. */
const LEAST_TASK_MS = 4000;

/** A run under way: what is to be done, and what was found so far. */
export interface Run {
  readonly plan: BenchPlan;
  readonly quick: boolean;
  readonly context: CaseContext;
  readonly schedule: Schedule;
  readonly ceilings: Ceiling[];
  readonly cases: CaseResult[];
  readonly layers: LayerBreakdown[];
  readonly accuracy: AccuracyResult[];
  readonly absent: Absent[];
}

/**
 * Puts all that is to be measured on the schedule: what others are told by comes first, and small networks before
 * large ones, as what they show of a contestant tells who is too slow for those.
 */
export function addTasks(run: Run): void {
  run.schedule.add(1, () => ceilingsTask(run));
  const size = ({ architecture }: CasePlan): number => summarize(architecture).macs;
  for (const plan of run.plan.cases.toSorted((a, b) => size(a) - size(b))) {
    addTask(run, caseName(plan), plan.weight, async (budgetMs) => {
      run.cases.push(await runCase(plan, run.context, budgetMs));
    });
  }
  for (const plan of run.plan.layers) addLayers(run, plan);
  for (const plan of run.plan.accuracy) addAccuracy(run, plan);
}

async function ceilingsTask({ context, schedule, ceilings, absent }: Run): Promise<void> {
  const { line, threads, signal } = context;
  const hardware = line.contestants.map((contestant) => contestant.hardware);
  const report = (doing: string): void => schedule.report("ceilings", doing);
  const measured = await measureCeilings(hardware, threads, signal, report);
  ceilings.push(...measured.ceilings);
  absent.push(...measured.absent);
}

function addLayers(run: Run, plan: BenchPlan["layers"][number]): void {
  addTask(run, `layers of ${plan.model}`, plan.weight, async (budgetMs) => {
    const { contestants } = run.context.line;
    const chosen = chooseForLayers(contestants, run.cases, plan.model, run.quick);
    for (const contestant of chosen) {
      const found = await measureLayers(plan, contestant, run.context, budgetMs / chosen.length);
      if (typeof found !== "string") run.layers.push(found);
      else run.absent.push({ what: `layers of ${plan.model} on ${contestant.id}`, why: found });
    }
  });
}

function addAccuracy(run: Run, { model, architecture, batch, weight }: BenchPlan["accuracy"][number]): void {
  const { data, line } = run.context;
  const plan = { model, architecture, batch, data, recipe: ACCURACY_RECIPE, target: ACCURACY_TARGET };
  addTask(run, `accuracy of ${model}`, weight, async (budgetMs) => {
    const backends = line.contestants.filter(({ kind }) => kind === "backend");
    const able = backends.filter(({ id }) => isFastEnough(trainingSpeed(run.cases, model, id), budgetMs));
    for (const { id } of backends.filter((contestant) => !able.includes(contestant))) {
      run.absent.push({
        what: `accuracy of ${model} on ${id}`,
        why: "it takes longer than its part of the time",
      });
    }
    for (const contestant of able) {
      const found = await measureAccuracy(plan, contestant, run.context, budgetMs / able.length);
      if (typeof found !== "string") run.accuracy.push(found);
      else run.absent.push({ what: `accuracy of ${model} on ${contestant.id}`, why: found });
    }
  });
}

/** Whether a contestant can train on enough images in that time; where its speed is not known, it may try. */
function isFastEnough(imagesPerSecond: number | undefined, budgetMs: number): boolean {
  return imagesPerSecond === undefined || (imagesPerSecond * budgetMs) / 1000 >= LEAST_IMAGES;
}

function addTask(
  { schedule, absent }: Run,
  what: string,
  weight: number,
  work: (budgetMs: number) => Promise<void>,
): void {
  schedule.add(weight, async (budgetMs) => {
    if (budgetMs >= LEAST_TASK_MS) await work(budgetMs);
    else absent.push({ what, why: "the time was over; --minutes gives more" });
  });
}

/** Of the first case in which it was measured; 0 where it was in none, undefined where there is none. Units: images/s. */
function trainingSpeed(cases: readonly CaseResult[], model: string, id: string): number | undefined {
  const training = cases.filter((of) => of.model === model && of.mode === "train");
  if (training.length === 0) return undefined;
  const entries = training.flatMap(({ entries }) => entries).filter(({ contestant }) => contestant === id);
  return entries.find(({ measured }) => measured !== undefined)?.measured?.imagesPerSecond.median ?? 0;
}
