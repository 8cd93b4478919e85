import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { makeFolders, realFileSystem } from "@nin/files";
import { extract } from "tar-stream";
import { AdapterSetupError } from "./errors.js";
import type { Machine } from "./platform.js";

const LOADER = "libvulkan.so.1";
const DRIVER = "libvk_swiftshader.so";
const MANIFEST = "vk_swiftshader_icd.json";

/** SwiftShader unpacked. */
export interface SwiftShaderFiles {
  readonly folder: string;
  /** The Vulkan loader. */
  readonly loader: string;
  readonly manifest: string;
}

/** Where SwiftShader is, or will be, unpacked: the user's cache, one folder a version. */
export function swiftShaderFiles({ env, homeFolder }: Pick<Machine, "env" | "homeFolder">): SwiftShaderFiles {
  const cache = env.XDG_CACHE_HOME || join(homeFolder, ".cache");
  const folder = join(cache, "nin", `swiftshader-${chromiumVersion()}`);
  return { folder, loader: join(folder, LOADER), manifest: join(folder, MANIFEST) };
}

/**
 * Unpacks SwiftShader unless it is there. Any number of processes may do so at once: each fills a
 * folder of its own, and the first rename wins.
 *
 * Throws: `AdapterSetupError` when the package is damaged or the cache cannot be written.
 */
export async function unpackSwiftShader(files: SwiftShaderFiles): Promise<void> {
  if (await isWhole(files.folder)) return;
  const archive = join(chromiumFolder(), "bin", "swiftshader.tar.br");
  const contents = await readArchive(archive).catch((error: unknown) => {
    throw new AdapterSetupError("reading", archive, error, "install @sparticuz/chromium anew");
  });
  await fillFolder(files.folder, contents).catch((error: unknown) => {
    throw new AdapterSetupError(
      "unpacking SwiftShader to",
      files.folder,
      error,
      "set XDG_CACHE_HOME to a writable folder",
    );
  });
}

async function fillFolder(folder: string, contents: ReadonlyMap<string, Buffer>): Promise<void> {
  await makeFolders(realFileSystem, dirname(folder));
  const partial = await mkdtemp(`${folder}.`);
  try {
    // On the disk before the rename, so that a power cut cannot leave a whole-looking folder of empty files.
    for (const [name, bytes] of contents)
      await writeFile(join(partial, name), bytes, { mode: 0o755, flush: true });
    await rename(partial, folder).catch((error: unknown) => replaceBroken(partial, folder, error));
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The folder is there already: another process was faster, or someone took files out of it. */
async function replaceBroken(partial: string, folder: string, error: unknown): Promise<void> {
  if (await isWhole(folder)) return;
  const away = await mkdtemp(`${folder}.`);
  await rename(folder, join(away, "broken")).catch(() => undefined);
  await rm(away, { recursive: true, force: true });
  await rename(partial, folder).catch(async () => {
    if (!(await isWhole(folder))) throw error;
  });
}

async function isWhole(folder: string): Promise<boolean> {
  const sizes = [LOADER, DRIVER, MANIFEST].map(async (name) => (await stat(join(folder, name))).size);
  return Promise.all(sizes).then(
    (all) => all.every((size) => size > 0),
    () => false,
  );
}

/** The three files that are needed, by name; whatever else the archive holds is left in it. */
async function readArchive(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const tar = await promisify(brotliDecompress)(await readFile(path));
  const contents = new Map<string, Buffer>();
  const entries = extract();
  entries.end(tar);
  for await (const entry of entries) {
    const name = entry.header.name.replace(/^\.\//, "");
    const bytes = await buffer(entry);
    if ([LOADER, DRIVER, MANIFEST].includes(name)) contents.set(name, bytes);
  }
  if (contents.size !== 3)
    throw new Error(`expected ${LOADER}, ${DRIVER} and ${MANIFEST}, found ${[...contents.keys()]}`);
  return contents;
}

function chromiumFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")));
}

function chromiumVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(join(chromiumFolder(), "package.json"), "utf8"),
  );
  return manifest.version;
}
