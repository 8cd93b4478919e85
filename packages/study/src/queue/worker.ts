import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { NinError } from "@nin/backend";
import { SpecError } from "@nin/spec";
import type { MetricsLine } from "@nin/training";
import type { StudyRunResult } from "../results/results.js";
import type { StudyTrainer } from "../run/run-study.js";
import { QueueError } from "./errors.js";
import { HeldLease } from "./held-lease.js";
import {
  JOB_VERSION,
  parseQueueKind,
  plannedRunOf,
  type QueueKind,
  queueName,
  readJob,
  type StudyJob,
} from "./job.js";
import type { Lease, QueueRow } from "./job-leases.js";
import { outcomeIn, type RunOutcome, type TrainedRun } from "./outcome.js";
import { StudyQueue } from "./study-queue.js";

/** What the machine of a worker can do. */
export interface WorkerMachine {
  /**
   * Where this machine has the data of a queue, whose hashes were compared; or why it cannot do the queue's jobs, as a
   * phrase.
   */
  prepare(
    kind: QueueKind,
    signal: AbortSignal,
  ): Promise<{ readonly source: string } | { readonly obstacle: string }>;
  /** Trains a run, or continues it in its folder, whoever holds the folder's lock. */
  readonly train: StudyTrainer;
}

/** What happens in a worker. */
export type WorkerEvent =
  | { readonly kind: "queue-refused"; readonly queue: string; readonly reason: string }
  | { readonly kind: "job-refused"; readonly queue: string; readonly id: string; readonly reason: string }
  | { readonly kind: "begun"; readonly job: StudyJob; readonly attempt: number }
  | { readonly kind: "metrics"; readonly job: StudyJob; readonly line: MetricsLine }
  | { readonly kind: "ended"; readonly job: StudyJob; readonly attempt: number; readonly result: RunOutcome }
  /** Another worker has the job: this one gave no sign of life for too long. */
  | { readonly kind: "lost"; readonly job: StudyJob; readonly attempt: number }
  | { readonly kind: "given-back"; readonly job: StudyJob; readonly attempt: number }
  /** The database stopped answering, or answers again. */
  | { readonly kind: "note"; readonly line: string };

export interface WorkOptions {
  /** The database's address. */
  readonly queue: string;
  /** What results name the worker by. */
  readonly name: string;
  readonly machine: WorkerMachine;
  /** Where runs are kept, so that another worker that sees the folder continues them; absent where they need not be. */
  readonly runs?: string;
  /** Stops the worker, which saves the run it trains and gives it back. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: WorkerEvent) => void;
  /** Called when the database was reached. */
  readonly onReady?: () => void;
}

/** While nothing waits: from one look at the database to the next. Units: milliseconds. */
const SHORTEST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;
/** Between two looks for jobs of dead workers. Units: milliseconds. */
const SUPERVISION_MS = 5_000;
/** For giving a job back when the worker ends. Units: milliseconds. */
const LEAVING_MS = 5_000;

/** Errors that say something of this machine, and nothing of the run: another worker may succeed. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set([
  ...[
    "NIN_RUN_WRITE",
    "NIN_RUN_READ",
    "NIN_RUN_LOCKED",
    "NIN_FILE_WRITE",
    "NIN_FILE_READ",
    "NIN_FILE_MISSING",
  ],
  ...["NIN_DATA_MISSING", "NIN_DATA_DOWNLOAD", "NIN_DATA_CACHE", "NIN_MISSING_PACKAGE", "NIN_BACKEND_LOAD"],
  ...["NIN_DEVICE_UNAVAILABLE", "NIN_DEVICE_LOST", "NIN_UNKNOWN_BACKEND"],
]);

/**
 * Does the jobs of a database, one after the other, until the signal stops it. Jobs whose data, device or version this
 * machine does not have are left to others.
 *
 * @throws `QueueError`; what a training throws that says something of the machine, after the job was given back
 *
 * @example
 * ```ts
 * import { workOnQueue, type WorkerMachine } from "@nin/study/queue";
 *
 * export async function work(machine: WorkerMachine, signal: AbortSignal): Promise<void> {
 *   await workOnQueue({ queue: "postgres://nin@db.example/nin", name: "a", machine, signal });
 * }
 * ```
 */
export async function workOnQueue(options: WorkOptions): Promise<void> {
  const { onEvent = () => {}, signal } = options;
  const queue = await StudyQueue.open(options.queue, (line) => onEvent({ kind: "note", line }));
  const supervision = setInterval(() => {
    // The next one may succeed; what is wrong with the database is said where it is needed.
    queue.supervise().catch(() => {});
  }, SUPERVISION_MS);
  try {
    options.onReady?.();
    await new Worker(queue, { ...options, onEvent }).work();
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  } finally {
    clearInterval(supervision);
    await queue.close();
  }
}

/** A queue that this machine can serve. */
interface Served {
  readonly kind: QueueKind;
  readonly source: string;
}

class Worker {
  /** By the queue's name; undefined for one that this machine cannot serve, which was said. */
  readonly #served = new Map<string, Served | undefined>();
  #latest: string | undefined;

  constructor(
    private readonly queue: StudyQueue,
    private readonly options: WorkOptions & { readonly onEvent: (event: WorkerEvent) => void },
  ) {}

  async work(): Promise<void> {
    const { signal } = this.options;
    let waitMs = SHORTEST_WAIT_MS;
    while (!signal.aborted) {
      const lease = await this.#next();
      if (lease !== undefined) {
        waitMs = SHORTEST_WAIT_MS;
        await this.#do(lease);
      } else {
        await delay(waitMs * (0.75 + 0.5 * Math.random()), undefined, { signal }).catch(() => {});
        waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
      }
    }
  }

  /** A job of the queue that the last one was of, whose data are loaded, else of another. */
  async #next(): Promise<Lease | undefined> {
    const { signal } = this.options;
    const take = (name: string): Promise<Lease | undefined> =>
      this.queue.persistently(() => this.queue.leases.take(name), signal);
    const again = this.#latest === undefined ? undefined : await take(this.#latest);
    if (again !== undefined) return again;
    for (const row of await this.queue.persistently(() => this.queue.leases.waitingQueues(), signal)) {
      if (signal.aborted) return undefined;
      if (!this.#served.has(row.name)) this.#served.set(row.name, await this.#prepared(row));
      if (this.#served.get(row.name) === undefined) continue;
      const lease = await take(row.name);
      if (lease === undefined) continue;
      this.#latest = row.name;
      return lease;
    }
    return undefined;
  }

  async #prepared({ name, kind: json }: QueueRow): Promise<Served | undefined> {
    const { machine, signal } = this.options;
    const refused = (reason: string): undefined =>
      this.options.onEvent({ kind: "queue-refused", queue: name, reason }) as undefined;
    try {
      const { version } = json as { readonly version?: unknown };
      if (typeof version === "number" && version > JOB_VERSION)
        return refused(
          `its jobs are of version ${version}, and this nin reads version ${JOB_VERSION}: use the newer nin`,
        );
      const kind = parseQueueKind(json);
      if (queueName(kind) !== name) return refused("it is not the queue that it says it is");
      const prepared = await machine.prepare(kind, signal);
      return "obstacle" in prepared ? refused(prepared.obstacle) : { kind, source: prepared.source };
    } catch (error) {
      if (error instanceof SpecError) return refused(`it is not described as a queue is: ${error.message}`);
      throw error;
    }
  }

  async #do(lease: Lease): Promise<void> {
    const { queue, options } = this;
    const { signal, onEvent } = options;
    const served = this.#served.get(lease.queue);
    const job = readJob(lease.data, lease.queue);
    if (served === undefined || typeof job === "string") {
      const reason = typeof job === "string" ? job : "its queue is not served";
      onEvent({ kind: "job-refused", queue: lease.queue, id: lease.id, reason });
      await queue.persistently(() => queue.leases.refuse(lease, `refused by a worker: ${reason}`), signal);
      return;
    }
    const { attempt } = lease;
    onEvent({ kind: "begun", job, attempt });
    const held = new HeldLease(queue, lease);
    const folder = await this.#folder(lease, job);
    try {
      const outcome = await this.#trained(job, served, folder, AbortSignal.any([signal, held.lost]));
      if (held.lost.aborted) {
        onEvent({ kind: "lost", job, attempt });
      } else if (outcome === "interrupted") {
        await this.#giveBack(lease, "its worker was stopped");
        onEvent({ kind: "given-back", job, attempt });
      } else {
        const stored = {
          ...outcome,
          study: job.study,
          run: job.run,
          attempts: attempt,
          worker: options.name,
        };
        // What is done is stored also by a worker that is to stop, unless the database cannot be reached.
        const isStored = await queue.persistently(
          () => queue.leases.complete(lease, stored),
          AbortSignal.any([signal, held.lost]),
        );
        onEvent(
          isStored ? { kind: "ended", job, attempt, result: outcome.result } : { kind: "lost", job, attempt },
        );
      }
    } catch (error) {
      if (held.lost.aborted || (await this.#isLost(lease))) {
        onEvent({ kind: "lost", job, attempt });
        return;
      }
      if (error instanceof QueueError) throw error;
      await this.#giveBack(lease, "its worker could not go on");
      onEvent({ kind: "given-back", job, attempt });
      // The one who had the job before was stopped while it gave the folder's lock back, and will go on.
      if ((error as Partial<NinError>).code !== "NIN_RUN_LOCKED") throw error;
    } finally {
      held.release();
      if (options.runs === undefined) await rm(folder, { recursive: true, force: true });
    }
  }

  async #trained(
    job: StudyJob,
    { source }: Served,
    folder: string,
    signal: AbortSignal,
  ): Promise<"interrupted" | TrainedRun> {
    const { machine, onEvent } = this.options;
    const onMetrics = (line: MetricsLine): void => onEvent({ kind: "metrics", job, line });
    let error: StudyRunResult["error"] = null;
    try {
      const { interrupted } = await machine.train(plannedRunOf(job, source), {
        ...{ folder, signal, onMetrics, forceUnlock: true },
      });
      if (interrupted) return "interrupted";
    } catch (thrown) {
      const { name, code, message } = thrown as Partial<NinError>;
      if (name === "AbortError" || (signal.aborted && thrown === signal.reason)) return "interrupted";
      const isOurs = code?.startsWith("NIN_") === true && code !== "NIN_RUN_LOCKED";
      if (!isOurs || message === undefined || OF_THE_MACHINE.has(code)) throw thrown;
      error = { code, message };
    }
    return outcomeIn(folder, job, error);
  }

  /** Where the job is trained: with `runs`, the same for every worker that sees that folder. */
  async #folder({ id }: Lease, { run }: StudyJob): Promise<string> {
    const { runs } = this.options;
    if (runs === undefined) return mkdtemp(join(tmpdir(), "nin-worker-"));
    return join(resolve(runs), `${run}-${id.slice(0, 8)}`);
  }

  /** Whether another worker has the job, which then has the run's lock and folder, too: the reason of most errors then. */
  async #isLost(lease: Lease): Promise<boolean> {
    const { queue } = this;
    return queue
      .persistently(() => queue.leases.touch(lease), AbortSignal.timeout(LEAVING_MS))
      .then(
        (isOurs) => !isOurs,
        () => false,
      );
  }

  /** Where this does not succeed in time, the job goes to another worker when no more signs of life come. */
  async #giveBack(lease: Lease, why: string): Promise<void> {
    const { queue } = this;
    await queue
      .persistently(() => queue.leases.giveBack(lease, why), AbortSignal.timeout(LEAVING_MS))
      .catch(() => {});
  }
}
