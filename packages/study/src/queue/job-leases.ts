import type { PgBoss } from "pg-boss";
import type { Database, SqlTransaction } from "./database.js";
import { BOSS_SCHEMA, OWN_SCHEMA } from "./tables.js";

/** A job that a worker holds, in one attempt. */
export interface Lease {
  readonly queue: string;
  readonly id: string;
  /** The first is 1. */
  readonly attempt: number;
  /** After so long without a sign of life another worker may take the job. Units: seconds. */
  readonly heartbeatSeconds: number;
  /** What the database holds as the job; not checked. */
  readonly data: unknown;
}

/** What a worker stores of a run that came to its end. */
export interface StoredResult {
  readonly study: string;
  readonly run: string;
  readonly attempts: number;
  readonly worker: string;
  /** Scores, warnings and errors, as JSON. */
  readonly result: unknown;
  /** The run's `config.json`, without a path of the worker; null where it failed before it had one. */
  readonly config: string | null;
  /** Its `metrics.jsonl`. */
  readonly metrics: string;
}

/** A queue that is in the database. */
export interface QueueRow {
  readonly name: string;
  /** Not checked. */
  readonly kind: unknown;
}

/** After so long without a sign of life of its worker another may take a job. Units: seconds. */
export const DEFAULT_HEARTBEAT_SECONDS = 30;

/** The jobs of a database as those see them who do them. */
export class JobLeases {
  constructor(
    private readonly database: Database,
    private readonly boss: PgBoss,
  ) {}

  /** The queues in which jobs wait. */
  waitingQueues(): Promise<readonly QueueRow[]> {
    return this.database.query<QueueRow>(
      `SELECT name, kind FROM ${OWN_SCHEMA}.queue AS queue WHERE EXISTS (
         SELECT 1 FROM ${BOSS_SCHEMA}.job AS job
         WHERE job.name = queue.name AND job.state < 'active' AND job.start_after <= now())
       ORDER BY name`,
    );
  }

  /** Takes the next job of a queue; undefined where none waits. */
  async take(queue: string): Promise<Lease | undefined> {
    const [job] = await this.boss.fetch<unknown>(queue, { includeMetadata: true });
    if (job === undefined) return undefined;
    const { id, data, retryCount, heartbeatSeconds } = job;
    const seconds = heartbeatSeconds ?? DEFAULT_HEARTBEAT_SECONDS;
    return { queue, id, attempt: retryCount + 1, heartbeatSeconds: seconds, data };
  }

  /** Gives a sign of life; false where the job is no longer this attempt's. */
  async touch({ queue, id, attempt }: Lease): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE ${BOSS_SCHEMA}.job SET heartbeat_on = now()
       WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3 RETURNING 1`,
      [queue, id, attempt - 1],
    );
    return rows.length > 0;
  }

  /**
   * Completes a job and stores its result, both or neither; false where the job is no longer this attempt's, and nothing
   * is stored. It may be called again where an answer was lost.
   */
  complete(lease: Lease, stored: StoredResult): Promise<boolean> {
    const { study, run, attempts, worker, result, config, metrics } = stored;
    return this.database.transaction(async (transaction) => {
      if (!(await this.#holds(transaction, lease))) {
        const own = await transaction.query(
          `SELECT 1 FROM ${OWN_SCHEMA}.result WHERE study = $1 AND run = $2 AND attempts = $3 AND worker = $4`,
          [study, run, attempts, worker],
        );
        return own.length > 0;
      }
      await transaction.query(
        `INSERT INTO ${OWN_SCHEMA}.result (study, run, attempts, worker, result, config, metrics)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
        [study, run, attempts, worker, JSON.stringify(result), config, metrics],
      );
      await this.boss.complete(lease.queue, lease.id, null, { db: transaction });
      return true;
    });
  }

  /** Gives a job back, for any worker to take at once; does nothing where it is no longer this attempt's. */
  async giveBack(lease: Lease, why: string): Promise<void> {
    await this.database.transaction(async (transaction) => {
      if (await this.#holds(transaction, lease))
        await this.boss.fail(lease.queue, lease.id, { message: why }, { db: transaction });
    });
  }

  /** Ends a job that no worker can do, as it is not what jobs are. */
  async refuse(lease: Lease, why: string): Promise<void> {
    await this.database.transaction(async (transaction) => {
      if (await this.#holds(transaction, lease))
        await this.boss.complete(lease.queue, lease.id, { message: why }, { db: transaction });
    });
  }

  /** Whether the job is still this attempt's; it then stays so until the transaction ends. */
  async #holds(transaction: SqlTransaction, { queue, id, attempt }: Lease): Promise<boolean> {
    const rows = await transaction.query(
      `SELECT 1 FROM ${BOSS_SCHEMA}.job
       WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3 FOR UPDATE`,
      [queue, id, attempt - 1],
    );
    return rows.length > 0;
  }
}
