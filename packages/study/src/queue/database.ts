import { userInfo } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import type { DatabaseAddress } from "./connection.js";
import { isPassing, QueueError, queueError, reasonOf } from "./errors.js";
import type { QueueModules } from "./peers.js";

/** Runs statements of SQL. */
export interface SqlRunner {
  /** The rows of a statement's answer. */
  query<Row = Readonly<Record<string, unknown>>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<readonly Row[]>;
}

/** Between two tries to reach a database: the first, and the longest. Units: milliseconds. */
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
/** Longer than any statement of ours takes on a database that lives. Units: milliseconds. */
const STATEMENT_MS = 60_000;
/** A worker has one statement under way for its run, and one for its lease. */
const MAX_CONNECTIONS = 4;

/** A PostgreSQL database that may stop and come back. */
export class Database implements SqlRunner {
  /** Settles when the database answers again; undefined while it does. */
  #outage: Promise<void> | undefined;

  private constructor(
    readonly label: string,
    private readonly pool: Pool,
    private readonly onNote: (line: string) => void,
  ) {}

  /**
   * Connects once, so that what is wrong with the address is known at once.
   *
   * @param onNote - takes a line when the database stops answering, and one when it answers again
   * @throws `QueueError`
   */
  static async open(
    address: DatabaseAddress,
    { pg }: Pick<QueueModules, "pg">,
    onNote: (line: string) => void,
  ): Promise<Database> {
    const { label, sslMode, tls } = address;
    const pools = [new pg.Pool(poolSettings(address, tls))];
    // The server decides, as in other tools of PostgreSQL.
    if (tls !== undefined && (sslMode === "prefer" || sslMode === "allow"))
      pools.push(new pg.Pool(poolSettings(address, undefined)));
    let reason: unknown;
    for (const pool of pools) {
      // A connection that nothing uses was cut; the next statement opens another.
      pool.on("error", () => {});
      try {
        await pool.query("SELECT 1");
        return new Database(label, pool, onNote);
      } catch (error) {
        reason = error;
        await pool.end().catch(() => {});
        if (!/does not support SSL/.test(String((error as Error).message))) break;
      }
    }
    throw queueError(label, reason);
  }

  async query<Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.pool.query(text, [...values])).rows as Row[];
  }

  /** The interface that pg-boss runs its statements by; of several statements it wants every answer. */
  async executeSql(text: string, values: unknown[] = []): Promise<{ rows: unknown[] }> {
    return this.pool.query(text, values);
  }

  /** Runs `work` in a transaction, which is undone where it throws. */
  async transaction<Result>(work: (transaction: SqlTransaction) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    // Cut while nothing is under way: the next statement says so.
    const ignored = (): void => {};
    client.on("error", ignored);
    let broken: unknown;
    try {
      await client.query("BEGIN");
      const result = await work(new SqlTransaction(client));
      await client.query("COMMIT");
      return result;
    } catch (error) {
      broken = await client.query("ROLLBACK").then(
        () => undefined,
        (other: unknown) => other,
      );
      throw error;
    } finally {
      client.off("error", ignored);
      client.release(broken !== undefined);
    }
  }

  /**
   * Runs `work`, and again while the database cannot be reached. What `work` does must be safe to do twice: an answer may
   * be lost after the database did what was asked.
   *
   * @throws `QueueError`; the signal's reason when it aborts while the database cannot be reached
   */
  async persistently<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof QueueError || !isPassing(error)) throw ours(this.label, error);
        signal.throwIfAborted();
        this.#outage ??= this.#untilItAnswers(error).finally(() => {
          this.#outage = undefined;
        });
        await aborting(this.#outage, signal);
      }
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  async #untilItAnswers(error: unknown): Promise<void> {
    this.onNote(`The database ${this.label} cannot be used: ${reasonOf(error)}; trying again until it can`);
    for (let waitMs = FIRST_RETRY_MS; !this.pool.ending; waitMs = Math.min(2 * waitMs, LONGEST_RETRY_MS)) {
      // Not all at once when a database comes back.
      await delay(waitMs * (0.5 + Math.random()));
      if (this.pool.ending) return;
      const isBack = await this.pool.query("SELECT 1").then(
        () => true,
        (again: unknown) => !isPassing(again),
      );
      if (!isBack) continue;
      this.onNote(`The database ${this.label} answers again`);
      return;
    }
  }
}

/** A transaction under way, also as pg-boss takes one. */
export class SqlTransaction implements SqlRunner {
  constructor(private readonly client: PoolClient) {}

  async query<Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.client.query(text, [...values])).rows as Row[];
  }

  async executeSql(text: string, values: unknown[] = []): Promise<{ rows: unknown[] }> {
    return this.client.query(text, values);
  }
}

function poolSettings(
  { host, port, database, user, password, connectTimeoutMs }: DatabaseAddress,
  tls: DatabaseAddress["tls"],
): object {
  return {
    ...{ host, port, max: MAX_CONNECTIONS, application_name: "nin" },
    user: user ?? userInfo().username,
    ...(database !== undefined && { database }),
    ...(password !== undefined && { password }),
    ssl: tls ?? false,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: STATEMENT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/** Errors of PostgreSQL and of connections; others are bugs, and stay what they are. */
function ours(label: string, error: unknown): unknown {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && !code.startsWith("ERR_ASSERTION") ? queueError(label, error) : error;
}

async function aborting(wait: Promise<void>, signal: AbortSignal): Promise<void> {
  let stop = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
