import type { PgBoss } from "pg-boss";
import { parseDatabaseUrl } from "./connection.js";
import { Database } from "./database.js";
import { JobLeases } from "./job-leases.js";
import { loadQueueModules } from "./peers.js";
import { StudyJobs } from "./study-jobs.js";
import { prepareOwnTables, startBoss } from "./tables.js";

/** A restarted database gives workers this long to renew their leases. Units: seconds. */
const SETTLING_SECONDS = 15;

/** Jobs of studies and their results in a PostgreSQL database. */
export class StudyQueue {
  readonly jobs: StudyJobs;
  readonly leases: JobLeases;

  private constructor(
    private readonly database: Database,
    private readonly boss: PgBoss,
  ) {
    this.jobs = new StudyJobs(database, boss);
    this.leases = new JobLeases(database, boss);
  }

  /**
   * @param url - of the database
   * @param onNote - takes a line when the database stops answering, and one when it answers again
   * @throws `QueueError`; `MissingPackageError` where pg-boss is not installed
   */
  static async open(url: string, onNote: (line: string) => void): Promise<StudyQueue> {
    const address = parseDatabaseUrl(url);
    const modules = await loadQueueModules();
    const database = await Database.open(address, modules, onNote);
    try {
      const boss = await database.persistently(async () => {
        await prepareOwnTables(database);
        return startBoss(database, modules);
      }, new AbortController().signal);
      return new StudyQueue(database, boss);
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /** Where the database is, for people. */
  get label(): string {
    return this.database.label;
  }

  /** Tries again while the database cannot be reached; see `Database.persistently`. */
  persistently<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    return this.database.persistently(work, signal);
  }

  /**
   * Gives the jobs of dead workers back to their queues. A database that has just come back says of every worker that it
   * gave no sign of life, so that it is not asked at once.
   *
   * @param settlingSeconds - how long after its start it is asked
   */
  async supervise(settlingSeconds: number = SETTLING_SECONDS): Promise<void> {
    const [row] = await this.database.query<{ settled: boolean }>(
      "SELECT now() - pg_postmaster_start_time() > $1 * interval '1 second' AS settled",
      [settlingSeconds],
    );
    if (row?.settled === true) await this.boss.supervise();
  }

  async close(): Promise<void> {
    await this.boss.stop({ graceful: false, close: false });
    await this.database.close();
  }
}
