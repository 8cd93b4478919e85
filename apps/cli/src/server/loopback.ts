import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UsageError } from "../errors/usage-error.js";
import { EventStream } from "./event-stream.js";
import { obstacleTo } from "./same-origin.js";

/** A request that was found to come from a page of this server, or from no page. */
export interface LoopbackRequest {
  /** Of the address, decoded by nobody: `/runs/a%20b`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What is sent back: a content, or events for as long as the client listens. */
export type LoopbackAnswer = ContentAnswer | EventsAnswer;

export interface ContentAnswer {
  /** 200 by default. */
  readonly status?: number;
  /** The media type, and whatever else is to be said; these replace the server's own of the same name. */
  readonly headers: Readonly<Record<string, string>> & { readonly "Content-Type": string };
  readonly body: string | Uint8Array | Readable;
}

export interface EventsAnswer {
  /** Called with the stream of a client that listens. */
  readonly listen: (stream: EventStream) => void;
}

export interface LoopbackOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** Gives the answer to a GET or HEAD request; undefined where there is nothing at its path. */
  readonly answer: (request: LoopbackRequest) => Promise<LoopbackAnswer | undefined>;
  /** Is given errors of `answer`; the client gets a status 500 that does not say more. */
  readonly onError: (error: unknown) => void;
}

/** A server that listens. */
export interface LoopbackServer {
  /** `http://127.0.0.1:8765/`. */
  readonly url: string;
  readonly port: number;
  /** Ends it, and the connections that it has. */
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/** For everything that is sent. A page has a content policy of its own. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
} as const;

/**
 * Starts a server for this machine alone: it listens on 127.0.0.1, answers GET and HEAD, and refuses requests that
 * pages of other sites make, also where their name was rebound to this machine (see `obstacleTo`). What is at a path is
 * decided by `answer`; nothing is served by itself.
 *
 * @throws UsageError when the port cannot be listened on
 *
 * @example
 * ```ts
 * const server = await startLoopback({
 *   port: 0,
 *   answer: async ({ path }) =>
 *     path === "/" ? { headers: { "Content-Type": "text/plain; charset=utf-8" }, body: "Hello" } : undefined,
 *   onError: (error) => terminal.note(`Warning: ${error}`),
 * });
 * terminal.print(server.url);
 * ```
 */
export async function startLoopback(options: LoopbackOptions): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    handle(request, response, options).catch((error: unknown) => {
      // A client that is gone is nobody's mistake.
      if (!response.destroyed) options.onError(error);
      refuse(response, 500, "an internal error");
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, options.port)));
    server.listen({ port: options.port, host: LOOPBACK, exclusive: true }, resolve);
  });
  server.on("error", options.onError);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${port}/`,
    port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new UsageError(
        `port ${port} of ${LOOPBACK} is in use: choose another one with --port N, or any that is free with --port 0`,
        { cause: error },
      );
    case "EACCES":
      return new UsageError(
        `port ${port} of ${LOOPBACK} may not be used by this user: choose one above 1023 with --port N`,
        { cause: error },
      );
    default:
      return new UsageError(`port ${port} of ${LOOPBACK} cannot be listened on: ${error.message}`, {
        cause: error,
      });
  }
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { answer }: LoopbackOptions,
): Promise<void> {
  const obstacle = obstacleTo(request.headers);
  if (obstacle !== undefined) return refuse(response, 403, obstacle);
  const { method, url = "" } = request;
  if (method !== "GET" && method !== "HEAD") {
    return refuse(response, 405, "expected GET or HEAD", { Allow: "GET, HEAD" });
  }
  const address = URL.canParse(`http://${LOOPBACK}${url}`) ? new URL(`http://${LOOPBACK}${url}`) : undefined;
  if (address === undefined || !url.startsWith("/")) return refuse(response, 400, "expected a path");
  const found = await answer({ path: address.pathname, query: address.searchParams });
  if (found === undefined) return refuse(response, 404, "there is nothing at this address");
  if ("listen" in found) {
    response.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream" });
    if (method === "HEAD") response.end();
    else found.listen(new EventStream(response));
    return;
  }
  await send(response, found, method === "HEAD");
}

async function send(
  response: ServerResponse,
  { status = 200, headers, body }: ContentAnswer,
  isHead: boolean,
): Promise<void> {
  const isWhole = typeof body === "string" || body instanceof Uint8Array;
  const length = isWhole ? { "Content-Length": Buffer.byteLength(body) } : {};
  response.writeHead(status, { ...HEADERS, ...length, ...headers });
  if (isWhole) response.end(isHead ? undefined : body);
  else if (isHead) {
    body.destroy();
    response.end();
  } else await pipeline(body, response);
}

function refuse(
  response: ServerResponse,
  status: number,
  problem: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8", ...headers });
  response.end(response.req.method === "HEAD" ? undefined : `nin: ${problem}\n`);
}
