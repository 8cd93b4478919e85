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
  | "not-found";

/** A web server on this machine only. */
export interface MirrorServer extends AsyncDisposable {
  /** With a slash at its end. */
  readonly url: string;
  /** `<file name> <range asked for, or whole> <accept-encoding>` of each request. */
  readonly requests: readonly string[];
}

/** Serves these files in this manner. */
export async function serveMirror(
  files: ReadonlyMap<string, Buffer>,
  manner: MirrorManner,
): Promise<MirrorServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = (request.url ?? "").slice(1);
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
  const sized = manner !== "too-long";
  const claimed = manner === "wrong-range" ? start + 1 : start;
  response.writeHead(start > 0 ? 206 : 200, {
    ...(sized ? { "content-length": length } : {}),
    ...(start > 0 ? { "content-range": `bytes ${claimed}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  switch (manner) {
    case "cut-short":
      response.write(bytes.subarray(start, half), () => setTimeout(() => response.destroy(), 500));
      return;
    case "stall":
      response.write(bytes.subarray(start, half));
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
