import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { makeFolders, realFileSystem, requireFrom } from "@nin/files";
import type { Machine } from "./platform.js";

/** A folder of the cache that is whole or not there, however many processes fill it and whenever they end. */
export interface CacheFolder {
  readonly folder: string;
  /** Puts everything into an empty folder, on the disk. */
  readonly fill: (partial: string) => Promise<void>;
  readonly isWhole: () => Promise<boolean>;
}

/** Where what `@sparticuz/chromium` brings is unpacked: the user's cache, one folder a version. */
export function cacheFolderOf(
  name: string,
  { env, homeFolder }: Pick<Machine, "env" | "homeFolder">,
): string {
  const cache = env.XDG_CACHE_HOME || join(homeFolder, ".cache");
  return join(cache, "nin", `${name}-${chromiumVersion()}`);
}

/** Fills a folder of its own and renames it: the first rename wins, and what was damaged is replaced. */
export async function fillCacheFolder({ folder, fill, isWhole }: CacheFolder): Promise<void> {
  await makeFolders(realFileSystem, dirname(folder));
  const partial = await mkdtemp(`${folder}.`);
  try {
    await fill(partial);
    await rename(partial, folder).catch(async (error: unknown) => {
      // The folder is there already: another process was faster, or what is in it is damaged.
      if (await isWhole()) return;
      const away = await mkdtemp(`${folder}.`);
      await rename(folder, join(away, "broken")).catch(() => undefined);
      await rm(away, { recursive: true, force: true });
      await rename(partial, folder).catch(async () => {
        if (!(await isWhole())) throw error;
      });
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The files of one of the package's archives, by name. */
export async function readArchive(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const tar = await promisify(brotliDecompress)(await readFile(path));
  const contents = new Map<string, Buffer>();
  // Loaded when it is needed: bundlers cannot put it into a module.
  const { extract } = await import("tar-stream");
  const entries = extract();
  entries.end(tar);
  for await (const entry of entries) {
    const bytes = await buffer(entry);
    if (entry.header.type === "file") contents.set(entry.header.name.replace(/^\.\//, ""), bytes);
  }
  return contents;
}

/** Where npm has put one of the package's files. */
export function archivePath(name: string): string {
  return join(chromiumFolder(), "bin", name);
}

/** Why npm's package cannot be used: a bundle may run where it is not installed. */
export function packageObstacle(): string | undefined {
  try {
    chromiumFolder();
    return undefined;
  } catch {
    return "the package @sparticuz/chromium, which brings SwiftShader, was not found; install it where the program runs";
  }
}

function chromiumFolder(): string {
  return dirname(dirname(requireFrom(import.meta.url).resolve("@sparticuz/chromium")));
}

function chromiumVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(join(chromiumFolder(), "package.json"), "utf8"),
  );
  return manifest.version;
}
