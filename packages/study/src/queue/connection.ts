import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { systemReason } from "@nin/files";
import { shownNames, shownText } from "@nin/spec";
import { QueueError } from "./errors.js";

/** How the connection to a database is encrypted: what libpq calls `sslmode`. */
export type SslMode = (typeof SSL_MODES)[number];
const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;

/** Where a database is, and how to connect to it. */
export interface DatabaseAddress {
  /** For people: host, port and name of the database, without user and password. */
  readonly label: string;
  readonly host: string;
  readonly port: number;
  /** Absent where PGDATABASE, or else the user's name, says it. */
  readonly database?: string;
  /** Absent where PGUSER, or else the name of the operating system's user, says it. */
  readonly user?: string;
  /** Absent where PGPASSWORD or the file that PGPASSFILE names (`~/.pgpass`) says it, or where none is needed. */
  readonly password?: string;
  readonly sslMode: SslMode;
  /** Options of TLS; undefined where the connection is not encrypted. */
  readonly tls: ConnectionOptions | undefined;
  readonly connectTimeoutMs: number;
}

const PARAMETERS = [
  ...["host", "port", "dbname", "user", "password", "connect_timeout", "application_name"],
  ...["sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding"],
] as const;
const DEFAULT_PORT = 5432;
const DEFAULT_TIMEOUT_SECONDS = 10;

/**
 * Reads the address of a database, as other PostgreSQL tools do: from a URL, and from libpq's variables for what the URL
 * does not say. No message repeats the URL, which may have a password in it.
 *
 * @param text - `postgres://user:password@host:port/database?sslmode=verify-full`
 * @throws `QueueError`
 */
export function parseDatabaseUrl(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DatabaseAddress {
  const url = parsedUrl(text);
  const given = parametersOf(url);
  const parameter = (name: (typeof PARAMETERS)[number], variable: string): string | undefined =>
    given.get(name) || environment[variable] || undefined;
  const host = given.get("host") || decoded(url.hostname, "the host") || environment.PGHOST || "localhost";
  const port = Number(url.port || (parameter("port", "PGPORT") ?? DEFAULT_PORT));
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new QueueError("the database's port: expected a number from 1 to 65535");
  const database = decoded(url.pathname.slice(1), "the database's name") || parameter("dbname", "PGDATABASE");
  const user = decoded(url.username, "the user's name") || parameter("user", "PGUSER");
  const password = decoded(url.password, "the password") || given.get("password");
  const sslMode = sslModeOf(parameter("sslmode", "PGSSLMODE"));
  const files = {
    rootCertificate: parameter("sslrootcert", "PGSSLROOTCERT"),
    certificate: parameter("sslcert", "PGSSLCERT"),
    key: parameter("sslkey", "PGSSLKEY"),
  };
  const timeout = Number(parameter("connect_timeout", "PGCONNECT_TIMEOUT") ?? DEFAULT_TIMEOUT_SECONDS);
  return {
    label: labelOf(host, port, database),
    ...{ host, port },
    ...(database !== undefined && { database }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    sslMode,
    // A socket of this machine is not encrypted, whatever the mode.
    tls: isAbsolute(host) ? undefined : tlsOf(sslMode, files),
    connectTimeoutMs: 1000 * (timeout > 0 ? timeout : DEFAULT_TIMEOUT_SECONDS),
  };
}

/** A database's address for people: the same, with the word PASSWORD where it has a password. */
export function shownDatabaseUrl(text: string): string {
  const url = parsedUrl(text);
  if (url.password !== "") url.password = "PASSWORD";
  if (url.searchParams.has("password")) url.searchParams.set("password", "PASSWORD");
  return shownText(url.href, 1000);
}

function parsedUrl(text: string): URL {
  const expected = "expected an address such as postgres://user@host:5432/database";
  if (!/^postgres(ql)?:\/\//i.test(text)) throw new QueueError(`the queue: ${expected}`);
  // A URL without a host is one of a socket of this machine, or of what PGHOST names.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) {
    throw new QueueError(
      `the queue: ${expected}; characters such as @, / and # in a user's name or password are written as %40, %2F and %23`,
    );
  }
  return url;
}

function parametersOf(url: URL): ReadonlyMap<(typeof PARAMETERS)[number], string> {
  const parameters = new Map<(typeof PARAMETERS)[number], string>();
  for (const [name, value] of url.searchParams) {
    const known = PARAMETERS.find((candidate) => candidate === name);
    if (known === undefined) {
      const problem = `unknown parameter ${shownText(name)}; expected ${shownNames(PARAMETERS)}`;
      throw new QueueError(`the database's address: ${problem}`);
    }
    parameters.set(known, value);
  }
  return parameters;
}

function sslModeOf(text = "prefer"): SslMode {
  const mode = SSL_MODES.find((candidate) => candidate === text);
  if (mode !== undefined) return mode;
  throw new QueueError(`sslmode: expected one of ${SSL_MODES.join(", ")}, got ${shownText(text)}`);
}

interface TlsFiles {
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

/** As libpq does: only `verify-ca` and `verify-full` check who answers, and `require` where it has a root certificate. */
function tlsOf(
  mode: SslMode,
  { rootCertificate, certificate, key }: TlsFiles,
): ConnectionOptions | undefined {
  if (mode === "disable") return undefined;
  const isSystem = rootCertificate === "system";
  const ca =
    rootCertificate === undefined || isSystem ? undefined : contentOf("sslrootcert", rootCertificate);
  const files = {
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { cert: contentOf("sslcert", certificate) }),
    ...(key !== undefined && { key: contentOf("sslkey", key) }),
  };
  const checksAuthority = mode === "verify-ca" || (mode === "require" && ca !== undefined);
  if (mode === "verify-full" || isSystem) return files;
  return checksAuthority
    ? { ...files, checkServerIdentity: () => undefined }
    : { ...files, rejectUnauthorized: false };
}

function contentOf(parameter: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new QueueError(`${parameter}: ${shownText(path, 4096)}: cannot be read: ${systemReason(error)}`);
  }
}

function labelOf(host: string, port: number, database: string | undefined): string {
  const place = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const name = database === undefined ? "" : `/${database}`;
  return shownText(isAbsolute(host) ? `${host}${name}` : `${place}:${port}${name}`);
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text.replace(/^\[(.*)\]$/, "$1"));
  } catch {
    throw new QueueError(
      `${what} in the database's address: expected % to be followed by two hexadecimal digits`,
    );
  }
}
