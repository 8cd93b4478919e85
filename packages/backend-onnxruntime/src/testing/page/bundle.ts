import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/** What lets a page have threads: no other site's window or file shares its process. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** The page of the tests, bundled and served on this machine. */
export interface ServedPage {
  /** Where it is cross-origin isolated. */
  readonly isolated: string;
  /** Where it is not. */
  readonly plain: string;
  close(): Promise<void>;
}

/** Bundles the page by Vite, with its workers and the runtime's WebAssembly, and serves it below a path of its own. */
export async function servePage(): Promise<ServedPage> {
  const folder = await mkdtemp(join(tmpdir(), "nin-onnxruntime-page-"));
  await build({
    configFile: false,
    logLevel: "error",
    root: fileURLToPath(new URL(".", import.meta.url)),
    base: "./",
    build: { outDir: folder, target: "esnext", minify: false, assetsInlineLimit: 0, emptyOutDir: true },
    worker: { format: "es" },
  });
  const conformance = dirname(fileURLToPath(import.meta.resolve("@nin/conformance/package.json")));
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const [, place = "", ...rest] = normalize(decodeURIComponent(pathname)).split("/");
    const base = place === "fixtures" ? join(conformance, "fixtures") : folder;
    const path = rest.join("/");
    const file = join(base, path === "" ? "index.html" : path);
    try {
      const body = await readFile(file);
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { "Content-Type": type, ...(place === "plain" ? {} : ISOLATED) });
      response.end(body);
    } catch {
      response.writeHead(404, ISOLATED).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    isolated: `http://127.0.0.1:${port}/isolated/`,
    plain: `http://127.0.0.1:${port}/plain/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
