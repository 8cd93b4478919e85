import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { runCommand } from "./run-command.js";

/** A page's program as Vite bundles it. */
export interface PageBundle {
  /** All of its JavaScript. */
  readonly code: string;
  /** As a server sends it. Units: bytes. */
  readonly gzipBytes: number;
  /** What Vite warned of, such as modules of Node that a page cannot have; empty when of nothing. */
  readonly warnings: string;
}

const VITE = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin", "vite.js");

/** Makes a page of a program in a folder, in which its imports are found, and bundles it as a user would. */
export async function bundlePage(folder: string, program: string): Promise<PageBundle> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "index.html"), '<script type="module" src="/main.js"></script>\n');
  await writeFile(join(folder, "main.js"), program);
  const build = [VITE, "build", "--configLoader", "runner", "--logLevel", "warn"];
  // A test's own environment would have Vite bundle for development, and warn in the page.
  const { NODE_ENV: _, ...env } = process.env;
  const { status, stdout, stderr } = await runCommand(process.execPath, build, folder, env);
  if (status !== 0) throw new Error(`vite build ended with ${status}: ${stdout}${stderr}`);
  const assets = join(folder, "dist", "assets");
  const files = (await readdir(assets)).filter((name) => name.endsWith(".js"));
  const code = (await Promise.all(files.map((name) => readFile(join(assets, name), "utf8")))).join("\n");
  return { code, gzipBytes: gzipSync(code).length, warnings: `${stdout}${stderr}`.trim() };
}
