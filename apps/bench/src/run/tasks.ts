import { summarize } from "@nin/spec";
import { type BenchProgress, type CaseContext, type CasePlan, identityOf } from "../cases/case-context.js";
import { runCase } from "../cases/run-case.js";
import { measureCeilings } from "../ceilings/measure-ceilings.js";
import type { Absent, Implementation } from "../implementations/targets.js";
import {
  type AccuracyResult,
  type CaseResult,
  type Ceiling,
  caseName,
  type LayerBreakdown,
  type MemoryResult,
} from "../result/format.js";
import { chooseForLayers, measureLayers } from "../sections/layer-times.js";
import { measurePeakMemory } from "../sections/peak-memory.js";
import { measureTimeToAccuracy } from "../sections/time-to-accuracy.js";
import type { BenchPlan } from "./plan.js";

const ACCURACY_TARGET = 0.8;
const ACCURACY_RECIPE = "robust";
/** The accuracy was never reached with fewer. */
const MIN_IMAGES = 4096;
/** Nothing can be measured well in less. */
const MIN_TASK_MS = 4000;

interface Task {
  readonly weight: number;
  readonly work: (budgetMs: number) => Promise<void>;
}

/** Divides a run's time among its tasks: what one does not use is left to the later ones. */
export class Schedule {
  readonly #begin = performance.now();
  readonly #tasks: Task[] = [];

  constructor(
    private readonly budgetMs: number,
    private readonly onProgress: (progress: BenchProgress) => void = () => {},
  ) {}

  add(weight: number, work: Task["work"]): void {
    this.#tasks.push({ weight, work });
  }

  report(section: string, doing: string): void {
    const done = Math.min(1, (performance.now() - this.#begin) / this.budgetMs);
    this.onProgress({ section, doing, done });
  }

  /** Runs the tasks in the order they were added, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let weightLeft = this.#tasks.reduce((sum, { weight }) => sum + weight, 0);
    for (const { weight, work } of this.#tasks) {
      if (signal.aborted) return;
      const timeLeft = Math.max(0, this.#begin + this.budgetMs - performance.now());
      await work((timeLeft * weight) / weightLeft);
      weightLeft -= weight;
    }
  }
}

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
  readonly memory: MemoryResult[];
  readonly absent: Absent[];
}

/**
 * Puts everything that is to be measured on the schedule: the ceilings first, and small networks before large
 * ones, because they show which implementations are too slow for the large ones.
 */
export function addTasks(run: Run): void {
  run.schedule.add(1, () => addCeilings(run));
  const size = ({ architecture }: CasePlan): number => summarize(architecture).macs;
  for (const plan of run.plan.cases.toSorted((a, b) => size(a) - size(b))) {
    addTask(run, caseName(identityOf(plan)), plan.weight, async (budgetMs) => {
      run.cases.push(await runCase(plan, run.context, budgetMs));
    });
  }
  for (const plan of run.plan.layers) addLayers(run, plan);
  for (const plan of run.plan.accuracy) addAccuracy(run, plan);
  for (const plan of run.plan.memory) addMemory(run, plan);
}

async function addCeilings({ context, schedule, ceilings, absent }: Run): Promise<void> {
  const { targets, threads, signal } = context;
  const hardware = targets.implementations.map((implementation) => implementation.hardware);
  const report = (doing: string): void => schedule.report("ceilings", doing);
  const measured = await measureCeilings(hardware, threads, signal, report);
  ceilings.push(...measured.ceilings);
  absent.push(...measured.absent);
}

function addLayers(run: Run, plan: CasePlan): void {
  const what = `layers of ${plan.model}`;
  addTask(run, what, plan.weight, (budgetMs) => {
    const { implementations } = run.context.targets;
    const chosen = chooseForLayers(implementations, run.cases, plan.model, run.quick);
    const measure = (one: Implementation) => measureLayers(plan, one, run.context, budgetMs / chosen.length);
    return measureEach(run, what, chosen, measure, run.layers);
  });
}

function addAccuracy(run: Run, { model, architecture, batch, weight }: CasePlan): void {
  const { data, targets } = run.context;
  const what = `accuracy of ${model}`;
  const plan = { model, architecture, batch, data, recipe: ACCURACY_RECIPE, target: ACCURACY_TARGET };
  addTask(run, what, weight, (budgetMs) => {
    // Those that can be given a data set: none in a browser.
    const backends = targets.implementations.filter(({ modes }) => modes.includes("epoch"));
    const able = backends.filter(({ id }) => isFastEnough(trainingSpeed(run.cases, model, id), budgetMs));
    for (const { id } of backends.filter((implementation) => !able.includes(implementation))) {
      run.absent.push({ what: `${what} on ${id}`, why: "it takes longer than its part of the time" });
    }
    const measure = (one: Implementation) =>
      measureTimeToAccuracy(plan, one, run.context, budgetMs / able.length);
    return measureEach(run, what, able, measure, run.accuracy);
  });
}

function addMemory(run: Run, plan: CasePlan): void {
  const { implementations } = run.context.targets;
  const able = implementations.filter(({ precisions }) => precisions.includes(plan.precision));
  const what = `memory of ${plan.model}, batch ${plan.batch}`;
  addTask(run, what, plan.weight, (budgetMs) => {
    const measure = (one: Implementation) =>
      measurePeakMemory(plan, one, run.context, budgetMs / able.length);
    return measureEach(run, what, able, measure, run.memory);
  });
}

/** Measures implementations one after another; a reason instead of a result is noted as absent. */
async function measureEach<Result>(
  { context, absent }: Run,
  what: string,
  implementations: readonly Implementation[],
  measure: (implementation: Implementation) => Promise<Result | string>,
  results: Result[],
): Promise<void> {
  for (const implementation of implementations) {
    if (context.signal.aborted) return;
    const found = await measure(implementation);
    if (typeof found !== "string") results.push(found);
    else absent.push({ what: `${what} on ${implementation.id}`, why: found });
  }
}

/** Whether an implementation can train on enough images in that time. Where its speed is not known, it may try. */
function isFastEnough(imagesPerSecond: number | undefined, budgetMs: number): boolean {
  return imagesPerSecond === undefined || (imagesPerSecond * budgetMs) / 1000 >= MIN_IMAGES;
}

function addTask(
  { schedule, absent }: Run,
  what: string,
  weight: number,
  work: (budgetMs: number) => Promise<void>,
): void {
  schedule.add(weight, async (budgetMs) => {
    if (budgetMs >= MIN_TASK_MS) await work(budgetMs);
    else absent.push({ what, why: "the time was over; --minutes gives more" });
  });
}

/**
 * The speed in the first case of training in which it was measured; 0 where it was not measured in any, `undefined`
 * where there is no such case. Units: images/s.
 */
function trainingSpeed(cases: readonly CaseResult[], model: string, id: string): number | undefined {
  const training = cases.filter((of) => of.model === model && of.mode === "train");
  if (training.length === 0) return undefined;
  const entries = training.flatMap((of) => of.entries).filter(({ implementation }) => implementation === id);
  const [speed = 0] = entries.flatMap(({ measured }) => measured?.imagesPerSecond.median ?? []);
  return speed;
}
