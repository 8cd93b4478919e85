import type { PgBoss } from "pg-boss";
import type { Database, SqlRunner } from "./database.js";
import { QueueError } from "./errors.js";
import type { QueueModules } from "./peers.js";

/** Where pg-boss keeps its tables: apart from those of another program that uses it in the same database. */
export const BOSS_SCHEMA = "nin_study_queue";
/** Where ours are. */
export const OWN_SCHEMA = "nin_study";
const OWN_VERSION = 1;

const CREATE_TABLES = `
  CREATE TABLE ${OWN_SCHEMA}.version (version integer NOT NULL);
  INSERT INTO ${OWN_SCHEMA}.version VALUES (${OWN_VERSION});
  CREATE TABLE ${OWN_SCHEMA}.queue (
    name text PRIMARY KEY,
    kind jsonb NOT NULL
  );
  CREATE TABLE ${OWN_SCHEMA}.job (
    study text NOT NULL,
    run text NOT NULL,
    queue text NOT NULL REFERENCES ${OWN_SCHEMA}.queue,
    id uuid NOT NULL,
    PRIMARY KEY (study, run)
  );
  CREATE TABLE ${OWN_SCHEMA}.result (
    study text NOT NULL,
    run text NOT NULL,
    attempts integer NOT NULL,
    worker text NOT NULL,
    result jsonb NOT NULL,
    config text,
    metrics text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (study, run)
  );`;

/** Of two who come at once the second one waits, and finds the tables. */
const LOCK = "SELECT pg_advisory_xact_lock(hashtext('nin_study'))";

/** Between two looks for jobs whose worker has died. Units: seconds. */
const MONITOR_SECONDS = 5;

/**
 * Makes our tables where they are missing. The right to do so is needed only then, so that the user of a worker can do
 * without.
 *
 * @throws `QueueError` for tables of a newer version
 */
export async function prepareOwnTables(database: Database): Promise<void> {
  if (!(await hasVersion(database, OWN_SCHEMA))) {
    await database.transaction(async (transaction) => {
      await transaction.query(LOCK);
      if (await hasVersion(transaction, OWN_SCHEMA)) return;
      if (!(await hasSchema(transaction, OWN_SCHEMA))) await transaction.query(`CREATE SCHEMA ${OWN_SCHEMA}`);
      await transaction.query(CREATE_TABLES);
    });
  }
  const [row] = await database.query<{ version: number }>(`SELECT version FROM ${OWN_SCHEMA}.version`);
  if (row?.version !== OWN_VERSION) {
    throw new QueueError(
      `the tables of studies in the database ${database.label} are of version ${row?.version}, and this nin has version ${OWN_VERSION}: use the newer nin on every machine`,
    );
  }
}

/**
 * Starts pg-boss, which makes its tables where they are missing, and changes those of an earlier version.
 *
 * @throws `QueueError` for tables of a newer version
 */
export async function startBoss(
  database: Database,
  { PgBoss }: Pick<QueueModules, "PgBoss">,
): Promise<PgBoss> {
  const started = async (migrate: boolean, createSchema: boolean): Promise<PgBoss> => {
    const boss = new PgBoss({
      ...{ db: database, schema: BOSS_SCHEMA, migrate, createSchema },
      // We look after jobs of dead workers ourselves, at times that suit a database that comes back.
      ...{ supervise: false, schedule: false, monitorIntervalSeconds: MONITOR_SECONDS },
    });
    // Of its own work in the background, which it tries again.
    boss.on("error", () => {});
    try {
      return await boss.start();
    } catch (error) {
      await boss.stop({ graceful: false, close: false });
      throw error;
    }
  };
  const startedAsTheyAre = (): Promise<PgBoss | undefined> =>
    started(false, false).catch((error: Error) => {
      if (/is not installed|requires migrations/.test(error.message)) return undefined;
      throw error;
    });
  const boss = await startedAsTheyAre();
  if (boss !== undefined) return boss;
  return database.transaction(async (transaction) => {
    await transaction.query(LOCK);
    const others = await startedAsTheyAre();
    if (others !== undefined) return others;
    const before = await bossVersion(database);
    const own = await started(true, !(await hasSchema(database, BOSS_SCHEMA)));
    if (before === undefined || (await bossVersion(database)) !== before) return own;
    await own.stop({ graceful: false, close: false });
    throw new QueueError(
      `the queue in the database ${database.label} was made by a newer version of pg-boss: use the same nin on every machine`,
    );
  });
}

async function bossVersion(database: Database): Promise<number | undefined> {
  if (!(await hasVersion(database, BOSS_SCHEMA))) return undefined;
  const [row] = await database.query<{ version: number }>(`SELECT version FROM ${BOSS_SCHEMA}.version`);
  return row?.version;
}

/** Looks into the catalogue itself: `to_regclass` does not see what another one made since the transaction began. */
async function hasVersion(runner: SqlRunner, schema: string): Promise<boolean> {
  const rows = await runner.query(
    `SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = $1 AND relname = 'version'`,
    [schema],
  );
  return rows.length > 0;
}

async function hasSchema(runner: SqlRunner, name: string): Promise<boolean> {
  const rows = await runner.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [name]);
  return rows.length > 0;
}
