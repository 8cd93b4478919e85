import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";
import { json } from "node:stream/consumers";

/** What a folder's server is to do. */
export interface ServeOptions {
  /** Pages are isolated from other origins (COOP, COEP): `crossOriginIsolated` is true, and memory can be shared. */
  readonly isolated?: boolean;
  /** Other folders, by the name that they are served under: `{ fixtures: "/a/folder" }` for `/fixtures/a.json`. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Called with the JSON of what a page posts, whatever the address. */
  readonly onPost?: (posted: unknown) => void;
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
  { isolated = false, folders = {}, onPost }: ServeOptions = {},
): Promise<FolderServer> {
  const server = createServer(async (request, response) => {
    if (request.method === "POST" && onPost !== undefined) {
      onPost(await json(request));
      response.end();
      return;
    }
    const path = pathIn(folder, folders, request.url ?? "/");
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

/** The file that an address means; undefined for one outside the folders, or none that can be decoded. */
function pathIn(folder: string, folders: Readonly<Record<string, string>>, url: string): string | undefined {
  try {
    const { pathname } = new URL(url, "http://127.0.0.1");
    const name = decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const [first = "", ...rest] = name.slice(1).split("/");
    const other = Object.hasOwn(folders, first) ? folders[first] : undefined;
    const [base, below] = other === undefined ? [folder, name] : [other, rest.join("/")];
    const path = join(base, below);
    return path.startsWith(join(base, sep)) ? path : undefined;
  } catch {
    return undefined;
  }
}
