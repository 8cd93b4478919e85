import { NinError } from "@nin/backend";
import { shownText } from "@nin/spec";

/** The queue of a study cannot be used: its database, what is in it, or the rights of its user; never a bug. */
export class QueueError extends NinError {
  constructor(problem: string, options?: ErrorOptions) {
    super("NIN_QUEUE", problem, options);
  }
}

/** What an error of a connection or of PostgreSQL says of itself. */
interface Reported {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly errors?: readonly unknown[];
}

/** Codes of errors that go by: the network's, and PostgreSQL's of a server that stops, starts or has no room. */
const PASSING: ReadonlySet<unknown> = new Set([
  ...[
    "ECONNREFUSED",
    "ECONNRESET",
    "ECONNABORTED",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENETDOWN",
  ],
  ...["ENOTFOUND", "EAI_AGAIN", "ENOENT"],
  // Connections: lost, refused, too many of them.
  ...["08000", "08001", "08003", "08004", "08006", "53300"],
  // The server is stopped, has crashed, or is starting; a standby took over.
  ...["57P01", "57P02", "57P03", "25006"],
  // Its disk or memory is full; two transactions were in each other's way.
  ...["53100", "53200", "40001", "40P01"],
]);
const PASSING_WORDS =
  /connection terminated|connection error and is not queryable|timeout|connection ended|client was closed/i;

/** Whether the same may succeed when it is tried again. */
export function isPassing(error: unknown): boolean {
  const { code, message } = flattened(error);
  return PASSING.has(code) || (code === undefined && PASSING_WORDS.test(String(message)));
}

const CERTIFICATE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_)/;
const CREDENTIALS = "check the user and password, which come from the address, PGPASSWORD or .pgpass";

/** Why a database cannot be used, as a phrase. Nothing of it is secret: servers do not repeat passwords. */
export function reasonOf(error: unknown): string {
  const { code, message } = flattened(error);
  const text = shownText(String(message), 500);
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "its host is not known";
    case "ECONNREFUSED":
    case "ENOENT":
      return "nothing accepts connections there";
    case "ECONNRESET":
    case "EPIPE":
      return "the connection was cut";
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "it cannot be reached";
    case "28P01":
    case "28000":
      return `${text}; ${CREDENTIALS}`;
    case "42501":
      return `${text}; docs/many-machines.md says which rights are needed`;
    case "53100":
      return "its disk is full";
  }
  if (typeof code === "string" && CERTIFICATE.test(code))
    return `its certificate is not trusted (${text}); sslrootcert names the file of an authority to trust`;
  if (/password must be a (non-empty )?string/.test(text)) return `it asks for a password; ${CREDENTIALS}`;
  if (/timeout/i.test(text)) return "it does not answer";
  if (/does not support SSL/.test(text)) return "it does not encrypt connections, as sslmode asks for";
  return typeof code === "string" ? `${text} (${shownText(code)})` : text;
}

/**
 * An error of a database as one of ours. The original may hold the connection's settings, so that it is not kept as the
 * cause.
 */
export function queueError(label: string, error: unknown): QueueError {
  if (error instanceof QueueError) return error;
  return new QueueError(`the database ${label} cannot be used: ${reasonOf(error)}`);
}

/** A host with several addresses gives an error for each, in one without a message. */
function flattened(error: unknown): Reported {
  const reported = (typeof error === "object" && error !== null ? error : { message: error }) as Reported;
  const [first] = reported.errors ?? [];
  return first !== undefined && (reported.message === undefined || reported.message === "")
    ? flattened(first)
    : reported;
}
