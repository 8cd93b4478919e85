import { type PostgresServer, startPostgres } from "@nin/test-support";
import { afterAll, beforeAll } from "vitest";

/** A server for the tests of a file, each of which has a database of its own. */
export interface TestServer {
  readonly server: () => PostgresServer;
  /** The address of a new database. */
  readonly newDatabase: () => Promise<string>;
  /** Statements on a database, by its address. */
  readonly query: (url: string, sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export function useServer(): TestServer {
  let started: PostgresServer | undefined;
  let count = 0;
  const server = (): PostgresServer => {
    if (started === undefined) throw new Error("the server is not started yet");
    return started;
  };
  beforeAll(async () => {
    started = await startPostgres();
  });
  afterAll(() => started?.dispose());
  return {
    server,
    newDatabase: async () => {
      count += 1;
      await server().query(`CREATE DATABASE test_${count}`);
      return server().url(`test_${count}`);
    },
    query: (url, sql) => server().query(sql, new URL(url).pathname.slice(1)),
  };
}
