import { present, sizedRecipe } from "@nin/spec";
import { isToDo, type StudyRunResult, settingsText, variedSettings } from "@nin/study";
import type { PlannedRun, StudyEvent, StudyPlan } from "@nin/study/node";
import { type TrainingEvent, trainingImageCount } from "@nin/training";

/** A run that is being trained. */
export interface RunProgress {
  readonly run: PlannedRun;
  /** Its place in the study, from 1. */
  readonly number: number;
  readonly label: string;
  /** `epoch 1/2`, `testing 40%`. */
  readonly phase: string;
  readonly step: number;
  /** 0 before its first step. */
  readonly lastStep: number;
  readonly imagesPerSecond: number | undefined;
}

/** How far a study is, made from what happens in it. */
export class StudyProgress {
  readonly #labels: ReadonlyMap<string, string>;
  readonly #running = new Map<string, RunProgress>();
  readonly #results = new Map<string, StudyRunResult>();
  /** What this process need not train, or no longer. */
  readonly #tried = new Set<string>();
  /** Multiply-accumulates of what was trained since this process began. */
  #work = 0;
  #workedSince: number | undefined;
  /** Training images of an epoch, by data set and limit. */
  readonly #images = new Map<string, number>();

  constructor(
    private readonly plan: StudyPlan,
    private readonly now: () => number = () => performance.now(),
  ) {
    const varied = variedSettings(plan);
    this.#labels = new Map(plan.runs.map(({ id, settings }) => [id, settingsText(settings, varied)]));
  }

  get study(): StudyPlan["study"] {
    return this.plan.study;
  }

  get runCount(): number {
    return this.plan.runs.length;
  }

  /** How many runs ended: finished or failed. */
  get endedCount(): number {
    return [...this.#results.values()].filter(({ status }) => status === "finished" || status === "failed")
      .length;
  }

  /** In the order in which they began. */
  get running(): readonly RunProgress[] {
    return [...this.#running.values()];
  }

  labelOf({ id }: Pick<PlannedRun, "id">): string {
    return this.#labels.get(id) ?? id;
  }

  /** The finished run with the highest test accuracy. */
  get best(): { readonly label: string; readonly testAccuracy: number } | undefined {
    let best: { readonly label: string; readonly testAccuracy: number } | undefined;
    for (const result of this.#results.values()) {
      const { status, testAccuracy } = result;
      if (status !== "finished" || testAccuracy === null) continue;
      if (best === undefined || testAccuracy > best.testAccuracy)
        best = { label: this.labelOf(result), testAccuracy };
    }
    return best;
  }

  /** Of the whole study, by the multiply-accumulates a second so far; undefined before anything was trained. Units: milliseconds. */
  get timeLeftMs(): number | undefined {
    if (this.#workedSince === undefined || this.#work === 0) return undefined;
    const perMs = this.#work / (this.now() - this.#workedSince);
    const left = this.plan.runs.reduce((sum, run) => sum + this.#workLeft(run), 0);
    return perMs > 0 && Number.isFinite(perMs) ? left / perMs : undefined;
  }

  on(event: StudyEvent): void {
    if (event.kind === "opened") {
      for (const result of event.results.runs) {
        this.#results.set(result.id, result);
        if (!isToDo(result)) this.#tried.add(result.id);
      }
      return;
    }
    const { run, index } = event;
    if (event.kind === "begun") {
      const label = this.labelOf(run);
      const begun = { run, number: index + 1, label, phase: "starting", step: 0, lastStep: 0 };
      this.#running.set(run.id, { ...begun, imagesPerSecond: undefined });
      // It may have failed before.
      this.#results.delete(run.id);
    } else if (event.kind === "ended") {
      this.#running.delete(run.id);
      this.#results.set(run.id, event.result);
      this.#tried.add(run.id);
    }
  }

  onTraining(run: PlannedRun, event: TrainingEvent): void {
    const before = this.#running.get(run.id);
    if (before === undefined) return;
    const show = (changed: Partial<RunProgress>): void => {
      this.#running.set(run.id, { ...before, ...changed });
    };
    if (event.kind === "start") {
      const { step, lastStep, stepsPerEpoch, epochs } = event;
      this.#images.set(dataOf(run), stepsPerEpoch * run.recipe.batchSize);
      this.#workedSince ??= this.now();
      show({ step, lastStep, phase: `epoch ${Math.min(epochs, Math.floor(step / stepsPerEpoch) + 1)}` });
    } else if (event.kind === "progress") {
      const { step, epoch, imagesPerSecond } = event;
      this.#work += (step - before.step) * run.recipe.batchSize * run.macs;
      show({ step, imagesPerSecond, phase: `epoch ${epoch}` });
    } else if (event.kind === "evaluation") {
      const doing = event.split === "test" ? "testing" : "validating";
      show({ phase: `${doing} ${Math.floor((100 * event.count) / event.totalCount)}%` });
    }
  }

  #workLeft(run: PlannedRun): number {
    if (this.#tried.has(run.id)) return 0;
    const running = this.#running.get(run.id);
    if (running !== undefined && running.lastStep > 0)
      return (running.lastStep - running.step) * run.recipe.batchSize * run.macs;
    const images = this.#imagesOf(run);
    const { recipe, isSized, epochs: asked } = run;
    const { epochs } = isSized ? sizedRecipe(recipe, images, asked) : recipe;
    return images * epochs * run.macs;
  }

  /** Where a data set was not seen yet, it is taken to be as large as the last one that was. */
  #imagesOf(run: PlannedRun): number {
    const known = this.#images.get(dataOf(run));
    if (known !== undefined) return known;
    if (run.limit === null)
      return present([...this.#images.values()].at(-1), "the images of a run that worked");
    return Math.max(1, trainingImageCount(run.limit, run.recipe));
  }
}

function dataOf({ data, limit }: PlannedRun): string {
  return JSON.stringify([data, limit]);
}
