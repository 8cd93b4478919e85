import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ServeOptions, serveFolder } from "@nin/headless-chromium";
import { build } from "vite";

/** The page of the tests, bundled and served on this machine. */
export interface ServedPage {
  /** Where it is cross-origin isolated. */
  readonly isolated: string;
  /** Where it is not. */
  readonly plain: string;
  /** What the page sends when its address asks for the suite. */
  readonly report: Promise<unknown>;
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
  let reported: (report: unknown) => void = () => undefined;
  const report = new Promise<unknown>((resolve) => {
    reported = resolve;
  });
  const options: ServeOptions = {
    folders: { page: folder, fixtures: join(conformance, "fixtures") },
    onPost: (posted) => reported(posted),
  };
  const [isolated, plain] = await Promise.all([
    serveFolder(folder, { ...options, isolated: true }),
    serveFolder(folder, options),
  ]);
  return {
    report,
    isolated: `${isolated.url}page/`,
    plain: `${plain.url}page/`,
    close: async () => {
      await Promise.all([isolated.close(), plain.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
