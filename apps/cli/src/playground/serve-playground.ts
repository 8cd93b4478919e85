import { once } from "node:events";
import { readdir, realpath } from "node:fs/promises";
import { extname, join } from "node:path";
import { FileError, type FileSystem, packageFile, readFileBounded, userCacheFolder } from "@nin/files";
import { Command } from "commander";
import { portNumber } from "../arguments/numbers.js";
import { UsageError } from "../errors/usage-error.js";
import { interruptedStatus } from "../process/interrupt.js";
import { confinedFileSystem } from "../server/confined-files.js";
import { type ContentAnswer, type LoopbackRequest, startLoopback } from "../server/loopback.js";
import type { Terminal } from "../terminal/terminal.js";

const DEFAULT_PORT = 8766;

/** What the page may do: run its own scripts and WebAssembly, and ask this server. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  // The editor and the charts set styles from scripts.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Isolated from other origins, so that its threads can share memory. */
const HEADERS = {
  "Content-Security-Policy": POLICY,
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Permissions-Policy": "camera=(self)",
} as const;

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** The largest of them is the WebAssembly of a runtime. */
const MOST_BYTES = 2 ** 26;
/** A path below a folder, of plain names. */
const PLAIN_PATH = /^\/(?:[A-Za-z0-9_][A-Za-z0-9._-]*\/)*[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const DATA = "/data/fashion-mnist/";
/** MNIST's names, packed or not. */
const DATA_FILES = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map(
  (name) => `${name}-ubyte`,
);

export function playgroundCommand(terminal: Terminal, exit: (status: number) => void): Command {
  return new Command("playground")
    .description(
      "serve the page in which a network learns while you watch, on this machine alone, until Ctrl-C",
    )
    .option("--port <n>", "port of 127.0.0.1 to listen on; 0 for any that is free", portNumber, DEFAULT_PORT)
    .action(async ({ port }: { readonly port: number }) => {
      await terminal.stoppable(() => servePlayground({ port }, terminal));
      exit(interruptedStatus(terminal.signal));
    });
}

export interface PlaygroundOptions {
  /** 0 for any that is free. */
  readonly port: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Serves the playground, and Fashion-MNIST where it is in the cache, until the terminal's signal aborts.
 *
 * @throws `UsageError` for a port that is in use
 */
export async function servePlayground(
  { port, env = process.env }: PlaygroundOptions,
  terminal: Terminal,
): Promise<void> {
  const { signal } = terminal;
  const page = await realpath(packageFile(import.meta.url, "@nin/cli", "dist/playground-page")).catch(() => {
    throw new UsageError("playground: the page is not in this installation; build it with pnpm run build");
  });
  const data = await dataFolder(env);
  const site = new Site(page, data);
  const server = await startLoopback({
    port,
    answer: (request) => site.answer(request),
    onError: (error) => terminal.note(`Warning: ${error instanceof Error ? error.message : String(error)}`),
  });
  try {
    terminal.print(`The playground is at ${server.url} (Ctrl-C ends it)`);
    if (data === undefined) {
      terminal.note(
        "Fashion-MNIST is not on this machine: nin data fetch fashion-mnist downloads it; shapes are drawn without it",
      );
    }
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    await server.close();
  }
}

/** A folder that has the four files. */
interface DataFolder {
  readonly folder: string;
  readonly names: readonly string[];
}

async function dataFolder(env: PlaygroundOptions["env"]): Promise<DataFolder | undefined> {
  const given = env?.NIN_DATA_DIR;
  const path = given === undefined || given === "" ? join(userCacheFolder(), "fashion-mnist") : given;
  try {
    const folder = await realpath(path);
    const there = await readdir(folder);
    const names = DATA_FILES.map((name) => [name, `${name}.gz`].find((each) => there.includes(each)));
    const found = names.filter((name) => name !== undefined);
    return found.length === DATA_FILES.length ? { folder, names: found } : undefined;
  } catch {
    return undefined;
  }
}

/** What is at each address. */
class Site {
  readonly #page: FileSystem;
  readonly #data: FileSystem | undefined;

  constructor(
    private readonly folder: string,
    private readonly data: DataFolder | undefined,
  ) {
    this.#page = confinedFileSystem(folder);
    this.#data = data && confinedFileSystem(data.folder);
  }

  async answer({ path }: LoopbackRequest): Promise<ContentAnswer | undefined> {
    if (path === "/data/index.json") {
      const sets = this.data === undefined ? {} : { "fashion-mnist": this.data.names };
      return answerWith(".json", JSON.stringify({ sets }));
    }
    if (path.startsWith(DATA)) return this.#dataFile(path.slice(DATA.length));
    const name = path === "/" ? "/index.html" : path;
    if (!PLAIN_PATH.test(name)) return undefined;
    const bytes = await read(this.#page, join(this.folder, name));
    return bytes && answerWith(extname(name), bytes);
  }

  async #dataFile(name: string): Promise<ContentAnswer | undefined> {
    if (this.data === undefined || this.#data === undefined || !this.data.names.includes(name))
      return undefined;
    const bytes = await read(this.#data, join(this.data.folder, name));
    return bytes && answerWith("", bytes);
  }
}

function answerWith(extension: string, body: string | Uint8Array): ContentAnswer {
  return { headers: { "Content-Type": TYPES[extension] ?? "application/octet-stream", ...HEADERS }, body };
}

/** Undefined where there is no such file, or it may not be read here. */
async function read(files: FileSystem, path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFileBounded(path, { files, maxBytes: MOST_BYTES, regularOnly: true });
  } catch (error) {
    if (error instanceof FileError && (error.code === "NIN_FILE_MISSING" || error.code === "NIN_FILE_KIND"))
      return undefined;
    throw error;
  }
}
