import { DownloadError } from "./errors.js";

/** What is needed of an answer; that of Node's fetch and that of undici have it alike. */
export interface Answer {
  readonly status: number;
  /** undici leaves it out of what comes through a proxy without a tunnel, whatever its types say. */
  readonly statusText: string | undefined;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface FetchOptions {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

/** A way to the web. */
export interface Web extends AsyncDisposable {
  readonly fetch: (url: string, options: FetchOptions) => Promise<Answer>;
  /** The variables that name a proxy; empty when there is none. */
  readonly proxyVariables: readonly string[];
}

/**
 * fetch through the proxies of the environment: `HTTP_PROXY` (for https too, unless there is another), `HTTPS_PROXY`,
 * and not for the hosts in `NO_PROXY`. The same names in lower case go before. Node 20's own fetch knows none of them.
 *
 * @throws `DownloadError` when one of them is no proxy's URL
 */
export async function openWeb(env: Readonly<Record<string, string | undefined>>): Promise<Web> {
  const [http, https] = [variable(env, "HTTP_PROXY"), variable(env, "HTTPS_PROXY")];
  const named = [http, https].filter(({ value }) => value !== "");
  if (named.length === 0) {
    return { fetch, proxyVariables: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const undici = await import("undici");
  for (const { name, value } of named) requireProxy(name, value, (uri) => new undici.ProxyAgent({ uri }));
  const dispatcher = new undici.EnvHttpProxyAgent({
    httpProxy: withScheme(http.value),
    httpsProxy: withScheme(https.value),
    noProxy: variable(env, "NO_PROXY").value,
    // Many proxies open tunnels to port 443 alone.
    proxyTunnel: false,
  });
  return {
    fetch: (url, options) => undici.fetch(url, { ...options, dispatcher }),
    proxyVariables: named.map(({ name }) => name),
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

function variable(env: Readonly<Record<string, string | undefined>>, name: string) {
  const lower = name.toLowerCase();
  const found = env[lower] === undefined ? name : lower;
  return { name: found, value: env[found]?.trim() ?? "" };
}

/** `proxy.example:3128` is a usual way to write one. */
function withScheme(proxy: string): string {
  return proxy === "" || proxy.includes("://") ? proxy : `http://${proxy}`;
}

function requireProxy(
  name: string,
  value: string,
  agentOf: (uri: string) => { destroy(): Promise<void> },
): void {
  try {
    void agentOf(withScheme(value)).destroy();
  } catch {
    // Neither repeated nor kept as the cause, which has the whole URL: it may hold a password.
    throw new DownloadError(`${name}: expected a proxy as http://host:port, got something else`);
  }
}
