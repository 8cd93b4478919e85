import { shownText } from "@nin/spec";
import { MirrorError } from "./errors.js";
import { withoutSecrets } from "./mirror.js";

/** Why a mirror's file could not be had, in one line without secrets. */
export function reasonOf(error: unknown): string {
  if (error instanceof MirrorError) return error.message;
  const causes: string[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 4; cause = causeOf(cause)) {
    if (cause.message !== "" && !causes.includes(cause.message)) causes.push(cause.message);
  }
  const reason = causes.length === 0 ? String(error) : causes.join(": ");
  const proxyStatus = /Proxy response \((\d+)\)|Proxy Authentication Required \((\d+)\)/.exec(reason);
  const status = proxyStatus?.[1] ?? proxyStatus?.[2];
  if (status === "407") return "could not be asked: the proxy wants another user and password (407)";
  if (status !== undefined) return `could not be asked: the proxy answered ${status}`;
  return shownText(withoutSecrets(reason));
}

/** fetch says only "fetch failed"; why is in the cause, for a host of several addresses in the causes of the cause. */
function causeOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}
