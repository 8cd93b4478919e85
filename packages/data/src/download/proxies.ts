import { DownloadError } from "./errors.js";

/** The part of a response that is used, common to Node's `fetch` and undici's. */
export interface Answer {
  readonly status: number;
  /** Missing from undici's responses through a proxy without a tunnel, despite its types. */
  readonly statusText: string | undefined;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface FetchOptions {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

/** How to reach the web: directly or through proxies. */
export interface Web extends AsyncDisposable {
  readonly fetch: (url: string, options: FetchOptions) => Promise<Answer>;
  /** The environment variables that name a proxy. */
  readonly proxyVariables: readonly string[];
}

/**
 * `fetch` through the proxies of the environment: `HTTP_PROXY` (also for https, unless `HTTPS_PROXY` is set) and
 * `HTTPS_PROXY`, except for the hosts in `NO_PROXY`. Lower-case names take precedence. Node 20's own `fetch` supports none
 * of them.
 *
 * @throws DownloadError when a variable is not the URL of a proxy
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
    // Many proxies open tunnels to port 443 only.
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
  const value = env[found];
  return { name: found, value: value === undefined ? "" : value.trim() };
}

/** A proxy is often written without a scheme: `proxy.example:3128`. */
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
    // The URL may contain a password: it is neither repeated nor kept in the cause.
    throw new DownloadError(`${name}: expected a proxy of the form http://host:port, got something else`);
  }
}
