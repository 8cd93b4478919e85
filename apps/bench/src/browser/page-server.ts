import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";

/** What is at a path: a file, or a text that is sent as JSON. */
export type Served = { readonly file: string } | { readonly json: string };

/** A server that listens. */
export interface PageServer {
  /** `http://127.0.0.1:41234/`. */
  readonly url: string;
  close(): void;
}

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The page is isolated from other origins, so that its threads can share memory. */
const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

const PAGE =
  '<!doctype html><meta charset="utf-8"><title>nin bench</title><link rel="icon" href="data:,"><script type="module" src="/in-page/main.js"></script>';

/** Serves the benchmark's page to the browser that measures in it, on a free port of 127.0.0.1. */
export async function servePage(find: (path: string) => Served | undefined): Promise<PageServer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const isPage = pathname === "/";
    const found = isPage ? undefined : find(pathname);
    const type = isPage
      ? "text/html; charset=utf-8"
      : found !== undefined && "file" in found
        ? (TYPES[extname(found.file)] ?? "application/octet-stream")
        : "application/json";
    try {
      if (!isPage && found === undefined) throw new Error("nothing is there");
      const body = found === undefined ? PAGE : "file" in found ? await readFile(found.file) : found.json;
      response.writeHead(200, { ...HEADERS, "Content-Type": type }).end(body);
    } catch {
      response.writeHead(404, HEADERS).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
