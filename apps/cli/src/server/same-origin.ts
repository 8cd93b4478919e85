import type { IncomingHttpHeaders } from "node:http";

/** Names of this machine for itself. A page may come through a tunnel from another port. */
const OWN_NAMES: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Why a request is refused; undefined for one that a page of this server makes, or that no page makes.
 *
 * A page of any site can have a browser ask a server on the reader's own machine. Its name may even lead to 127.0.0.1
 * (DNS rebinding), and the browser then takes the answers for the site's own. Such a request names the site as its
 * `Host`. Others have the site as their `Origin`, or a `Sec-Fetch-Site` that says where they come from; of those a link
 * that is followed is harmless.
 */
export function obstacleTo(headers: IncomingHttpHeaders): string | undefined {
  const { host, origin } = headers;
  const own = host === undefined ? undefined : hostName(host);
  if (own === undefined || !OWN_NAMES.includes(own)) {
    return "this server answers requests to 127.0.0.1 or localhost alone";
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return "this server answers requests of its own pages alone";
  }
  const site = headers["sec-fetch-site"];
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  const isLink = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  return isOwn || isLink ? undefined : "this server answers requests of its own pages alone";
}

/** The name in a `Host` header, without its port; undefined where it is none. */
function hostName(host: string): string | undefined {
  return /^(?<name>\[[0-9a-f:]+\]|[^:@/\\]+)(?::\d+)?$/i.exec(host)?.groups?.name?.toLowerCase();
}
