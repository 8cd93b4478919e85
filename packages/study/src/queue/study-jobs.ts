import type { PgBoss } from "pg-boss";
import type { Database, SqlTransaction } from "./database.js";
import { QueueError } from "./errors.js";
import { JOB_VERSION, jobId, kindOf, type QueueKind, queueName, type StudyJob } from "./job.js";
import { DEFAULT_HEARTBEAT_SECONDS, type StoredResult } from "./job-leases.js";
import { BOSS_SCHEMA, OWN_SCHEMA } from "./tables.js";

/** How far a job of a study is that has no result. */
export interface JobState {
  readonly run: string;
  readonly state: "created" | "retry" | "active" | "completed" | "cancelled" | "failed";
  /** How often it was begun. */
  readonly attempts: number;
  /** Why a worker refused it, or how its last attempt ended. */
  readonly problem: string | null;
}

/** A worker that dies so often with a run is killed by it: there is no use in more. */
const MOST_RETRIES = 50;
/** Longer than any training or holiday: jobs end by heartbeats, not by the clock. Units: seconds. */
const FOREVER_SECONDS = 365 * 24 * 3600;
/** How many jobs are added in one transaction. */
const BATCH = 500;

/** The jobs of a database as those see them who have a study done. */
export class StudyJobs {
  constructor(
    private readonly database: Database,
    private readonly boss: PgBoss,
  ) {}

  /**
   * Adds jobs of a study, each once: those that are there already stay as they are.
   *
   * @throws `QueueError` where a run is there already, with other data
   */
  async add(jobs: readonly StudyJob[], heartbeatSeconds: number = DEFAULT_HEARTBEAT_SECONDS): Promise<void> {
    const queues = new Map<string, { readonly kind: QueueKind; readonly jobs: StudyJob[] }>();
    for (const job of jobs) {
      requireStorable(job);
      const kind = kindOf(job);
      const name = queueName(kind);
      const known = queues.get(name);
      if (known === undefined) queues.set(name, { kind, jobs: [job] });
      else known.jobs.push(job);
    }
    // Earlier runs of a study come first, also where another study waits.
    const priorities = new Map(jobs.map(({ run }, index) => [run, -index]));
    for (const [name, { kind, jobs: own }] of queues) {
      await this.#createQueue(name, kind);
      for (let start = 0; start < own.length; start += BATCH) {
        const batch = own.slice(start, start + BATCH);
        await this.database.transaction((transaction) =>
          this.#insert(transaction, name, batch, priorities, heartbeatSeconds),
        );
      }
    }
  }

  async #createQueue(name: string, kind: QueueKind): Promise<void> {
    await this.boss.createQueue(name, { retryLimit: MOST_RETRIES, retryDelay: 0 });
    await this.database.query(
      `INSERT INTO ${OWN_SCHEMA}.queue (name, kind) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [name, JSON.stringify(kind)],
    );
  }

  async #insert(
    transaction: SqlTransaction,
    queue: string,
    jobs: readonly StudyJob[],
    priorities: ReadonlyMap<string, number>,
    heartbeatSeconds: number,
  ): Promise<void> {
    const rows = jobs.map(({ study, run }) => ({ study, run, queue, id: jobId(study, run) }));
    await transaction.query(
      `INSERT INTO ${OWN_SCHEMA}.job (study, run, queue, id)
       SELECT * FROM json_to_recordset($1::json) AS row (study text, run text, queue text, id uuid)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows)],
    );
    const [other] = await transaction.query<{ study: string; run: string; queue: string }>(
      `SELECT job.study, job.run, job.queue FROM ${OWN_SCHEMA}.job AS job
       JOIN json_to_recordset($1::json) AS row (study text, run text) USING (study, run)
       WHERE job.queue <> $2 LIMIT 1`,
      [JSON.stringify(rows), queue],
    );
    if (other !== undefined) {
      throw new QueueError(
        `run ${other.run} of the study ${other.study} is in the database ${this.database.label} already, with other data (queue ${other.queue}, now ${queue}): give the study another name`,
      );
    }
    await this.boss.insert(
      queue,
      jobs.map((job) => ({
        ...{ id: jobId(job.study, job.run), data: job, priority: priorities.get(job.run) ?? 0 },
        ...{ heartbeatSeconds, expireInSeconds: FOREVER_SECONDS, retentionSeconds: FOREVER_SECONDS },
      })),
      { db: transaction },
    );
  }

  /** Forgets runs that failed and the results they left, so that they can be added anew. */
  async forget(study: string, runs: readonly string[]): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await transaction.query(`DELETE FROM ${OWN_SCHEMA}.result WHERE study = $1 AND run = ANY($2)`, [
        study,
        runs,
      ]);
      await transaction.query(
        `DELETE FROM ${BOSS_SCHEMA}.job USING ${OWN_SCHEMA}.job AS own
         WHERE own.study = $1 AND own.run = ANY($2) AND name = own.queue AND job.id = own.id AND state > 'active'`,
        [study, runs],
      );
      await transaction.query(`DELETE FROM ${OWN_SCHEMA}.job WHERE study = $1 AND run = ANY($2)`, [
        study,
        runs,
      ]);
    });
  }

  /** The results of some runs of a study, of those that have one. */
  results(study: string, runs: readonly string[], most: number): Promise<readonly StoredResult[]> {
    return this.database.query<StoredResult>(
      `SELECT study, run, attempts, worker, result, config, metrics FROM ${OWN_SCHEMA}.result
       WHERE study = $1 AND run = ANY($2) ORDER BY stored_at, run LIMIT $3`,
      [study, runs, most],
    );
  }

  /** Jobs of a study without a result, of those runs. */
  states(study: string, runs: readonly string[]): Promise<readonly JobState[]> {
    return this.database.query<JobState>(
      `SELECT own.run, job.state::text AS state, job.output ->> 'message' AS problem,
              job.retry_count + CASE WHEN job.started_on IS NULL THEN 0 ELSE 1 END AS attempts
       FROM ${OWN_SCHEMA}.job AS own JOIN ${BOSS_SCHEMA}.job AS job ON job.name = own.queue AND job.id = own.id
       WHERE own.study = $1 AND own.run = ANY($2) AND NOT EXISTS (
         SELECT 1 FROM ${OWN_SCHEMA}.result AS result WHERE result.study = own.study AND result.run = own.run)`,
      [study, runs],
    );
  }
}

/** @throws `QueueError` for what PostgreSQL's JSON cannot hold */
function requireStorable(job: StudyJob): void {
  if (/(?<!\\)(\\\\)*\\u0000/.test(JSON.stringify(job)))
    throw new QueueError(
      `run ${job.run} of the study has a null character in a name, which PostgreSQL cannot store`,
    );
  if (job.version !== JOB_VERSION) throw new RangeError(`job version ${job.version}`);
}
