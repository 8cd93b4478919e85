import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** How a mirror behaves. */
export type MirrorManner =
  | "ranges"
  | "no-ranges"
  | "cut-short"
  | "wrong-bytes"
  | "too-long"
  | "other-length"
  | "stall"
  | "wrong-range"
  | "wrong-total"
  | "no-such-range"
  | "quarters"
  | "one-byte"
  | "drip"
  | "never-ends"
  | "encoded"
  | "redirects-in-a-circle"
  | "endless-headers"
  | "hostile"
  | "not-found";

/** A web server on this machine only. */
export interface MirrorServer extends AsyncDisposable {
  /** With a slash at its end. */
  readonly url: string;
  /** `<file name> <range asked for, or whole> <accept-encoding>` of each request. */
  readonly requests: readonly string[];
  /** The path with its query, and the authorization, of each request. */
  readonly asked: readonly { readonly path: string; readonly authorization: string | undefined }[];
}

/** Serves these files in this manner. */
export async function serveMirror(
  files: ReadonlyMap<string, Buffer>,
  manner: MirrorManner,
): Promise<MirrorServer> {
  const requests: string[] = [];
  const asked: MirrorServer["asked"][number][] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const name = path.replace(/^.*\//, "").replace(/\?.*$/, "");
    asked.push({ path, authorization: request.headers.authorization });
    requests.push(`${name} ${request.headers.range ?? "whole"} ${request.headers["accept-encoding"]}`);
    const bytes = files.get(name);
    if (bytes === undefined || manner === "not-found") response.writeHead(404).end("no such file");
    else answer(bytes, manner, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    requests,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  bytes: Buffer,
  manner: MirrorManner,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const half = Math.floor(bytes.length / 2);
  const start =
    manner === "no-ranges" ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const length = manner === "other-length" ? bytes.length - 1 : bytes.length - start;
  // Without a length the end of the connection is the end of the body.
  const sized = manner !== "too-long" && manner !== "never-ends";
  const claimed = manner === "wrong-range" ? start + 1 : start;
  const total = manner === "wrong-total" ? bytes.length + 1 : bytes.length;
  if (answerWithoutBody(manner, start, request, response)) return;
  response.writeHead(start > 0 ? 206 : 200, {
    ...(sized ? { "content-length": length } : {}),
    ...(start > 0 ? { "content-range": `bytes ${claimed}-${total - 1}/${total}` } : {}),
    ...(manner === "encoded" ? { "content-encoding": "gzip" } : {}),
  });
  switch (manner) {
    case "cut-short":
      response.write(bytes.subarray(start, half), () => setTimeout(() => response.destroy(), 500));
      return;
    case "stall":
      response.write(bytes.subarray(start, half));
      return;
    case "quarters":
      cutAfter(response, bytes.subarray(start, start + Math.ceil(bytes.length / 4)));
      return;
    case "one-byte":
      cutAfter(response, bytes.subarray(start, start + 1));
      return;
    case "never-ends":
      response.write(bytes.subarray(start));
      return;
    case "drip":
      repeatedly(response, (turn) => response.write(bytes.subarray(start + turn, start + turn + 1)));
      return;
    case "wrong-bytes":
      response.end(Buffer.from(bytes.map((byte) => byte ^ 1)).subarray(start));
      return;
    case "too-long":
      response.end(Buffer.concat([bytes, bytes]));
      return;
    default:
      response.end(bytes.subarray(start, start + length));
  }
}

function answerWithoutBody(
  manner: MirrorManner,
  start: number,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  switch (manner) {
    case "no-such-range":
      if (start > 0) response.writeHead(416).end();
      return start > 0;
    case "redirects-in-a-circle":
      response.writeHead(302, { location: request.url }).end();
      return true;
    case "endless-headers":
      request.socket.write("HTTP/1.1 200 OK\r\n");
      repeatedly(response, (turn) => request.socket.write(`x-${turn}: ${"y".repeat(1000)}\r\n`));
      return true;
    case "hostile":
      request.socket.end(
        `HTTP/1.1 404 ${"\u00c2\u009b31m".repeat(500)}\r\ncontent-range: \u009b2J\r\n\r\n`,
        "latin1",
      );
      return true;
    default:
      return false;
  }
}

/** Ends the connection once these bytes are on their way. */
function cutAfter(response: ServerResponse, bytes: Uint8Array): void {
  response.write(bytes, () => setTimeout(() => response.destroy(), 150));
}

function repeatedly(response: ServerResponse, turn: (index: number) => void): void {
  let index = 0;
  const timer = setInterval(() => {
    turn(index);
    index += 1;
  }, 20);
  response.on("close", () => clearInterval(timer));
}
