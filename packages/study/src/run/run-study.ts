import type { NinError } from "@nin/backend";
import type { EpochMetrics, MetricsLine } from "@nin/training";
import { openRun, RunError } from "@nin/training/node";
import type { PlannedRun, StudyPlan } from "../plan/plan.js";
import { isToDo, type StudyResults, type StudyRunResult } from "../results/results.js";
import { StudyFolder } from "./study-folder.js";

/** Where and how a run of a study is trained. */
export interface StudyRunContext {
  /** The run's folder: with a `config.json` where the run was begun before and is to be continued. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Takes the folder's lock whoever holds it; false by default. */
  readonly forceUnlock?: boolean;
  /** Takes each line of the metrics when it is known. */
  readonly onMetrics: (line: MetricsLine) => void;
}

/**
 * Trains a run, or continues it, in its folder, and writes its metrics there.
 *
 * @returns whether the run was interrupted by the signal, after it had saved where it stands
 */
export type StudyTrainer = (
  run: PlannedRun,
  context: StudyRunContext,
) => Promise<{ readonly interrupted: boolean }>;

/** What happens in a study that is run. `index` is the run's place in the plan, from 0. */
export type StudyEvent =
  | {
      readonly kind: "opened";
      /** Of all runs, from earlier. */
      readonly results: StudyResults;
    }
  | {
      readonly kind: "begun";
      readonly run: PlannedRun;
      readonly index: number;
      /** This one included. */
      readonly attempts: number;
    }
  | {
      readonly kind: "metrics";
      readonly run: PlannedRun;
      readonly index: number;
      readonly line: MetricsLine;
    }
  | {
      readonly kind: "ended";
      readonly run: PlannedRun;
      readonly index: number;
      readonly result: StudyRunResult;
      /** Of all runs so far. */
      readonly results: StudyResults;
    };

export interface RunStudyOptions {
  readonly plan: StudyPlan;
  /** Where the study's runs and results are kept; created where it is missing. */
  readonly folder: string;
  readonly train: StudyTrainer;
  /** How many runs are trained at once; 1 by default. */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: StudyEvent) => void;
  /** Takes the folder's lock whoever holds it. */
  readonly forceUnlock?: boolean;
}

/**
 * Trains what is missing of a study. What is finished is not repeated; a run that was interrupted, also by the end of
 * its process, continues where its last checkpoint stands; one that failed is tried again, unless its training diverged:
 * it would diverge again. A run that fails does not keep the others from being trained.
 *
 * @returns the results of all runs; some are not finished where the signal ended the study
 * @throws `StudyError` for the folder of another study; `RunError` while another process runs the study
 *
 * @example
 * ```ts
 * import { planStudy, runStudy, type StudyTrainer } from "@nin/study/node";
 *
 * export async function run(train: StudyTrainer): Promise<void> {
 *   const plan = await planStudy("studies/one-by-one.json");
 *   const { runs } = await runStudy({ plan, folder: "runs/one-by-one", train });
 *   for (const { settings, testAccuracy } of runs) console.log(settings.model, testAccuracy);
 * }
 * ```
 */
export async function runStudy(options: RunStudyOptions): Promise<StudyResults> {
  const { plan, train, jobs = 1, onEvent = () => {}, forceUnlock = false } = options;
  // What ends the study, a full disk or a mistake in the program, stops the other runs as the caller does.
  const broken = new AbortController();
  const signal = AbortSignal.any([broken.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const folder = await StudyFolder.open(options.folder, plan, { forceUnlock });
  try {
    onEvent({ kind: "opened", results: folder.results });
    // One iterator for all: each takes the next run.
    const queue = plan.runs
      .map((run, index) => ({ run, index }))
      .filter(({ run }) => isToDo(folder.resultOf(run)))
      .values();
    const work = async (): Promise<void> => {
      for (const { run, index } of queue) {
        if (signal.aborted) return;
        const before = folder.resultOf(run);
        const attempts = before.attempts + 1;
        await folder.save({ ...before, status: "running", attempts, error: null });
        onEvent({ kind: "begun", run, index, attempts });
        const onMetrics = (line: MetricsLine): void => onEvent({ kind: "metrics", run, index, line });
        const context = { folder: folder.runFolder(run), signal, onMetrics };
        const end = await attempted(() => train(run, context), signal);
        const result = { ...folder.resultOf(run), ...(await measured(folder.runFolder(run))), ...end };
        await folder.save(result);
        onEvent({ kind: "ended", run, index, result, results: folder.results });
      }
    };
    const noteBroken = (error: unknown): never => {
      broken.abort(error);
      throw error;
    };
    const ends = await Promise.allSettled(Array.from({ length: jobs }, () => work().catch(noteBroken)));
    if (broken.signal.aborted) throw broken.signal.reason;
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    return folder.results;
  } finally {
    await folder.close();
  }
}

/** How a training ended: errors that have a code are the run's, others are mistakes in the program and end the study. */
async function attempted(
  train: () => Promise<{ readonly interrupted: boolean }>,
  signal: AbortSignal,
): Promise<Pick<StudyRunResult, "status" | "error">> {
  try {
    const { interrupted } = await train();
    return { status: interrupted ? "interrupted" : "finished", error: null };
  } catch (error) {
    const { name, code, message } = error as Partial<NinError>;
    if (signal.aborted && (error === signal.reason || name === "AbortError"))
      return { status: "interrupted", error: null };
    if (code === undefined || message === undefined || !code.startsWith("NIN_")) throw error;
    return { status: "failed", error: { code, message } };
  }
}

type Measured = Pick<
  StudyRunResult,
  "epochs" | "testAccuracy" | "testLoss" | "imagesPerSecond" | "elapsedMs" | "warnings"
>;

/** What a run's metrics say; nothing where it has none, as it failed before its first step. */
async function measured(folder: string): Promise<Measured | undefined> {
  try {
    const metrics = await (await openRun(folder)).metrics();
    return metrics.length === 0 ? undefined : measuredBy(metrics);
  } catch (error) {
    // The run's own error says more than that its folder is not one.
    if (error instanceof RunError) return undefined;
    throw error;
  }
}

/** Sums up the metrics of a run. */
export function measuredBy(metrics: readonly MetricsLine[]): Measured {
  const epochs = metrics.filter((line): line is EpochMetrics => line.kind === "epoch");
  const last = epochs.at(-1);
  const newest = metrics.findLast((line) => line.kind !== "warning");
  const codes = metrics.flatMap((line) => (line.kind === "warning" ? [line.code] : []));
  return {
    epochs: epochs.length,
    testAccuracy: last?.testAccuracy ?? null,
    testLoss: last?.testLoss ?? null,
    imagesPerSecond: last?.imagesPerSecond ?? null,
    elapsedMs: newest?.elapsedMs ?? null,
    warnings: [...new Set(codes)],
  };
}
