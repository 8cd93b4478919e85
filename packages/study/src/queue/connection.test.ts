import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { inNewFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { parseDatabaseUrl, shownDatabaseUrl } from "./connection.js";
import { QueueError } from "./errors.js";

const SECRET = "tiger%2Fsecret";

describe("the address of a database", () => {
  it("is a URL, as other PostgreSQL tools take it", () => {
    const address = parseDatabaseUrl(`postgres://ada:${SECRET}@db.example:6000/studies?sslmode=require`, {});
    expect(address).toEqual({
      ...{ label: "db.example:6000/studies", host: "db.example", port: 6000, database: "studies" },
      ...{ user: "ada", password: "tiger/secret", sslMode: "require" },
      ...{ tls: { rejectUnauthorized: false }, connectTimeoutMs: 10_000 },
    });
  });

  it("takes from libpq's variables what the URL does not say", () => {
    const variables = {
      PGHOST: "other",
      PGPORT: "7000",
      PGUSER: "eve",
      PGDATABASE: "d",
      PGSSLMODE: "disable",
    };
    expect(parseDatabaseUrl("postgresql://", variables)).toEqual({
      ...{ label: "other:7000/d", host: "other", port: 7000, database: "d", user: "eve" },
      ...{ sslMode: "disable", tls: undefined, connectTimeoutMs: 10_000 },
    });
    const given = parseDatabaseUrl("postgres://ada@here:1/x?sslmode=prefer&connect_timeout=3", variables);
    expect(given).toMatchObject({ host: "here", port: 1, user: "ada", database: "x", sslMode: "prefer" });
    expect(given.connectTimeoutMs).toBe(3000);
    // PGPASSWORD and .pgpass are read where the connection is made, for its host and user.
    expect(parseDatabaseUrl("postgres://ada@here/x", { PGPASSWORD: "tiger" }).password).toBeUndefined();
  });

  it("is shown without its password", () => {
    expect(shownDatabaseUrl("postgres://ada:tiger@h:1/d?password=secret&sslmode=require")).toBe(
      "postgres://ada:PASSWORD@h:1/d?password=PASSWORD&sslmode=require",
    );
    expect(shownDatabaseUrl("postgres://ada@h/d")).toBe("postgres://ada@h/d");
  });

  it("may be a socket of this machine, which is not encrypted", () => {
    const address = parseDatabaseUrl("postgres:///studies?host=/var/run/postgresql&sslmode=verify-full", {});
    expect(address).toMatchObject({ label: "/var/run/postgresql/studies", host: "/var/run/postgresql" });
    expect(address.tls).toBeUndefined();
    expect(parseDatabaseUrl("postgres://[::1]:6/d", {})).toMatchObject({ host: "::1", label: "[::1]:6/d" });
  });

  it("checks certificates by sslmode, as libpq does", () =>
    inNewFolder(async (folder) => {
      const ca = join(folder, "ca.pem");
      await writeFile(ca, "an authority");
      const tlsOf = (parameters: string) => parseDatabaseUrl(`postgres://h/d?${parameters}`, {}).tls;
      expect(tlsOf("sslmode=disable")).toBeUndefined();
      expect(tlsOf("")).toEqual({ rejectUnauthorized: false });
      expect(tlsOf("sslmode=verify-full")).toEqual({});
      expect(tlsOf(`sslmode=verify-full&sslrootcert=${ca}`)).toEqual({ ca: "an authority" });
      expect(tlsOf("sslmode=require&sslrootcert=system")).toEqual({});
      for (const mode of ["verify-ca", "require"]) {
        const tls = tlsOf(`sslmode=${mode}&sslrootcert=${ca}`);
        expect(tls).toEqual({ ca: "an authority", checkServerIdentity: expect.any(Function) });
      }
    }));

  it.each([
    ["mysql://ada:S@h/d", "the queue: expected an address such as postgres://user@host:5432/database"],
    ["h:5432", "the queue: expected an address"],
    ["postgres://ada:S@h:port/d", "such as @, / and # in a user's name or password are written as %40"],
    ["postgres://ada:S@h:70000/d", "the queue: expected an address"],
    ["postgres://ada:S@h/d?port=0", "the database's port: expected a number from 1 to 65535"],
    ["postgres://ada:S@h/d?sslmode=always", "sslmode: expected one of disable, allow, prefer, require"],
    ["postgres://ada:S@h/d?ssl=true", "unknown parameter ssl; expected host, port,"],
    ["postgres://ada:S%@h/d", "the password in the database's address: expected % to be followed by two"],
    [
      "postgres://ada:S@h/d?sslrootcert=/nonexistent/ca.pem",
      "sslrootcert: /nonexistent/ca.pem: cannot be read",
    ],
  ])("that is wrong is refused without repeating it: %s", (template, line) => {
    const text = template.replace(":S", `:${SECRET}`);
    try {
      parseDatabaseUrl(text, {});
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(QueueError);
      expect((error as Error).message).toContain(line);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/tiger|secret/);
    }
  });
});
