import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";

/** What a folder's server is to do. */
export interface ServeOptions {
  /** Pages are isolated from other origins (COOP, COEP): `crossOriginIsolated` is true, and memory can be shared. */
  readonly isolated?: boolean;
}

/** A server that listens. */
export interface FolderServer extends AsyncDisposable {
  /** `http://127.0.0.1:41234/`. */
  readonly url: string;
  /** Ends it and its connections: what pages ask for afterwards fails. */
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * Serves the files of a folder to tests, on a free port of 127.0.0.1, as any web server does; `index.html` is at `/`.
 *
 * @example
 * ```ts
 * await using server = await serveFolder(fileURLToPath(new URL("../dist", import.meta.url)), { isolated: true });
 * const { page, complaints } = await browserOf(context).visit(server.url, 800);
 * ```
 */
export async function serveFolder(
  folder: string,
  { isolated = false }: ServeOptions = {},
): Promise<FolderServer> {
  const server = createServer(async (request, response) => {
    const path = pathIn(folder, request.url ?? "/");
    const bytes = path === undefined ? undefined : await readFile(path).catch(() => undefined);
    response.writeHead(bytes === undefined ? 404 : 200, {
      "Content-Type": TYPES[extname(path ?? "")] ?? "application/octet-stream",
      ...(isolated ? ISOLATION : {}),
    });
    response.end(bytes);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}/`, close, [Symbol.asyncDispose]: close };
}

/** The file that an address means; undefined for one outside the folder, or none that can be decoded. */
function pathIn(folder: string, url: string): string | undefined {
  try {
    const { pathname } = new URL(url, "http://127.0.0.1");
    const name = decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const path = join(folder, name);
    return path.startsWith(join(folder, sep)) ? path : undefined;
  } catch {
    return undefined;
  }
}
