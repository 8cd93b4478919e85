import { shownText } from "@nin/spec";
import { withoutSecrets } from "./mirror.js";

/** No mirror delivered the file; the message says what each of them did. Internal: users see a `DataError`. */
export class DownloadError extends Error {}

/** A mirror failed. Its message completes a sentence that begins with the mirror's name. */
export class MirrorError extends Error {}

/** Why a mirror did not deliver a file, in one line without secrets. */
export function reasonOf(error: unknown): string {
  if (error instanceof MirrorError) return error.message;
  const causes: string[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 4; cause = causeOf(cause)) {
    if (cause.message !== "" && !causes.includes(cause.message)) causes.push(cause.message);
  }
  const reason = causes.length === 0 ? String(error) : causes.join(": ");
  const proxyStatus = /Proxy response \((\d+)\)|Proxy Authentication Required \((\d+)\)/.exec(reason);
  const status = proxyStatus?.[1] ?? proxyStatus?.[2];
  if (status === "407") return "could not be reached: the proxy expects another user and password (407)";
  if (status !== undefined) return `could not be reached: the proxy answered ${status}`;
  return shownText(withoutSecrets(reason));
}

/** `fetch` says only "fetch failed"; the reason is in its cause, for a host with several addresses in the cause's errors. */
function causeOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}
