import { setTimeout as delay } from "node:timers/promises";
import type { PlannedRun } from "../plan/plan.js";
import { isToDo, type StudyResults, type StudyRunResult } from "../results/results.js";
import type { RunStudyOptions, StudyEvent } from "../run/run-study.js";
import { StudyFolder } from "../run/study-folder.js";
import { jobOf, type StudyJob, type StudyJobData } from "./job.js";
import type { StoredResult } from "./job-leases.js";
import { collected } from "./outcome.js";
import type { JobState } from "./study-jobs.js";
import { StudyQueue } from "./study-queue.js";

export interface RunOnQueueOptions
  extends Pick<RunStudyOptions, "plan" | "folder" | "signal" | "onEvent" | "forceUnlock"> {
  /** The database's address. */
  readonly queue: string;
  /** Identifies a run's data, which this machine has as well. */
  readonly describeData: (run: PlannedRun) => Promise<StudyJobData>;
  /** After so long without a sign of life of its worker a run is given to another; 10 at least. Units: seconds. */
  readonly heartbeatSeconds?: number;
  /** Takes a line when the database stops answering or answers again, and one where no worker takes a run. */
  readonly onNote?: (line: string) => void;
}

/** Between two looks for results. Units: milliseconds. */
const LOOK_MS = 500;
/** Results that are read at once. */
const MOST_RESULTS = 50;
/** Between two looks for jobs of dead workers, and between two additions of jobs that are gone. Units: milliseconds. */
const SUPERVISION_MS = 5_000;
const ADDITION_MS = 60_000;
/** Without any run begun for so long, it is said how a worker is started. Units: milliseconds. */
const LONELY_MS = 10_000;

/**
 * Has the missing runs of a study trained by workers, wherever they are: adds them to the queue of a database, waits, and
 * collects the results in the study's folder, each with the run's settings and metrics. When it is stopped the workers go
 * on, and called again it collects what they did meanwhile.
 *
 * @returns the results of all runs; some are not finished where the signal ended the study
 * @throws `StudyError` for the folder of another study; `RunError` while another process runs the study; `QueueError`
 *
 * @example
 * ```ts
 * import { planStudy } from "@nin/study/node";
 * import { runStudyOnQueue, type StudyJobData } from "@nin/study/queue";
 *
 * export async function run(describeData: () => Promise<StudyJobData>): Promise<void> {
 *   const plan = await planStudy("studies/one-by-one.json");
 *   const queue = "postgres://nin@db.example/nin";
 *   await runStudyOnQueue({ plan, folder: "runs/one-by-one", queue, describeData });
 * }
 * ```
 */
export async function runStudyOnQueue(options: RunOnQueueOptions): Promise<StudyResults> {
  const { plan, signal = new AbortController().signal, onNote = () => {} } = options;
  const { forceUnlock = false } = options;
  const queue = await StudyQueue.open(options.queue, onNote);
  try {
    const folder = await StudyFolder.open(options.folder, plan, { forceUnlock });
    try {
      options.onEvent?.({ kind: "opened", results: folder.results });
      await new Collection(queue, folder, { ...options, signal, onNote }).run();
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
    } finally {
      await folder.close();
    }
    return folder.results;
  } finally {
    await queue.close();
  }
}

type Settings = RunOnQueueOptions & Required<Pick<RunOnQueueOptions, "signal" | "onNote">>;

/** A run, with its place in the plan. */
interface Entry {
  readonly run: PlannedRun;
  readonly index: number;
}

/** What has become of a run. */
interface End {
  readonly entry: Entry;
  readonly result: StudyRunResult;
}

/** The runs of a study that are on a queue. */
class Collection {
  /** Without a result, by id, with their place in the plan. */
  readonly #missing: Map<string, Entry>;
  readonly #attempts = new Map<string, number>();

  constructor(
    private readonly queue: StudyQueue,
    private readonly folder: StudyFolder,
    private readonly settings: Settings,
  ) {
    const runs = settings.plan.runs.map((run, index) => ({ run, index }));
    this.#missing = new Map(
      runs.filter(({ run }) => isToDo(folder.resultOf(run))).map((entry) => [entry.run.id, entry]),
    );
  }

  async run(): Promise<void> {
    const { queue, settings } = this;
    const { signal } = settings;
    if (this.#missing.size === 0) return;
    await this.#retryFailed();
    // What workers did while nobody waited for it.
    while ((await this.#collect()) === MOST_RESULTS);
    await this.#add();
    const clock = { supervised: 0, added: performance.now(), begun: performance.now() };
    let isLonely = false;
    while (this.#missing.size > 0) {
      signal.throwIfAborted();
      const now = performance.now();
      const found = await this.#collect();
      if ((await this.#noteStates()) || found > 0) clock.begun = now;
      if (now - clock.supervised >= SUPERVISION_MS) {
        clock.supervised = now;
        await queue.persistently(() => queue.supervise(), signal);
      }
      if (now - clock.added >= ADDITION_MS) {
        clock.added = now;
        await this.#add();
      }
      if (!isLonely && now - clock.begun >= LONELY_MS) {
        isLonely = true;
        settings.onNote(
          `No worker has begun a run of this study yet. A worker is started with nin study worker --queue URL, with this database's address`,
        );
      }
      if (found < MOST_RESULTS && this.#missing.size > 0)
        await delay(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Those that failed are tried again, as on one machine: unless their training diverged, which it would do again. */
  async #retryFailed(): Promise<void> {
    const { queue } = this;
    const { plan, signal } = this.settings;
    const study = plan.study.name;
    const runs = [...this.#missing.keys()];
    const failed = await queue.persistently(async () => {
      const results = await queue.jobs.results(study, runs, runs.length);
      const states = await queue.jobs.states(study, runs);
      return [
        ...results.filter(isRetried).map(({ run }) => run),
        ...states
          .filter(({ state }) => ["completed", "cancelled", "failed"].includes(state))
          .map(({ run }) => run),
      ];
    }, signal);
    if (failed.length > 0) await queue.persistently(() => queue.jobs.forget(study, failed), signal);
  }

  /** Adds what is missing; what is there already stays. */
  async #add(): Promise<void> {
    const { queue } = this;
    const { plan, signal, describeData, heartbeatSeconds } = this.settings;
    const jobs: StudyJob[] = [];
    for (const { run } of this.#missing.values()) {
      signal.throwIfAborted();
      jobs.push(jobOf(plan.study.name, run, await describeData(run)));
    }
    await queue.persistently(() => queue.jobs.add(jobs, heartbeatSeconds), signal);
  }

  async #collect(): Promise<number> {
    const { queue, folder } = this;
    const { plan, signal } = this.settings;
    const missing = [...this.#missing.keys()];
    const stored = await queue.persistently(
      () => queue.jobs.results(plan.study.name, missing, MOST_RESULTS),
      signal,
    );
    const found = stored.flatMap((row) => {
      const entry = this.#missing.get(row.run);
      return entry === undefined ? [] : [{ entry, row }];
    });
    const ends = await Promise.all(
      found.map(async ({ entry, row }) => ({
        entry,
        result: await collected(
          entry.run,
          row,
          folder.runFolder(entry.run),
          await this.settings.describeData(entry.run),
        ),
      })),
    );
    await this.#end(ends);
    return stored.length;
  }

  /** Notes which runs were begun, and which no worker can do; says whether any is under way. */
  async #noteStates(): Promise<boolean> {
    const { queue, folder } = this;
    const { plan, signal } = this.settings;
    const missing = [...this.#missing.keys()];
    const states = await queue.persistently(() => queue.jobs.states(plan.study.name, missing), signal);
    const begun: End[] = [];
    const ends: End[] = [];
    for (const job of states) {
      const entry = this.#missing.get(job.run);
      if (entry === undefined) continue;
      const { attempts } = job;
      const before = folder.resultOf(entry.run);
      const message = problemOf(job);
      if (message !== undefined) {
        const error = { code: "NIN_QUEUE", message };
        ends.push({ entry, result: { ...before, status: "failed", attempts, error } });
      } else if (job.state === "active" && attempts !== this.#attempts.get(job.run)) {
        this.#attempts.set(job.run, attempts);
        begun.push({ entry, result: { ...before, status: "running", attempts, error: null } });
      }
    }
    if (begun.length > 0) await folder.save(...begun.map(({ result }) => result));
    for (const { entry, result } of begun) this.#tell({ kind: "begun", ...entry, attempts: result.attempts });
    await this.#end(ends);
    return states.some(({ state }) => state === "active");
  }

  async #end(ends: readonly End[]): Promise<void> {
    if (ends.length === 0) return;
    await this.folder.save(...ends.map(({ result }) => result));
    for (const { entry, result } of ends) {
      this.#missing.delete(entry.run.id);
      this.#tell({ kind: "ended", ...entry, result, results: this.folder.results });
    }
  }

  #tell(event: StudyEvent): void {
    this.settings.onEvent?.(event);
  }
}

function isRetried({ result }: StoredResult): boolean {
  const { status, error } = result as Partial<StudyRunResult>;
  return status === "failed" && error?.code !== "NIN_DIVERGED";
}

/** Why a job that has no result will have none; undefined where it may still have one. */
function problemOf({ state, attempts, problem }: JobState): string | undefined {
  if (state === "failed") return `given up after ${attempts} attempts, whose workers died or were stopped`;
  if (state === "cancelled") return "its job in the database was cancelled";
  if (state === "completed") return problem ?? "its job in the database was ended without a result";
  return undefined;
}
