import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { makeFolders, realFileSystem, requireFrom } from "@nin/files";
import { AdapterSetupError } from "./errors.js";
import type { Machine } from "./platform.js";

const LOADER = "libvulkan.so.1";
const DRIVER = "libvk_swiftshader.so";
const MANIFEST = "vk_swiftshader_icd.json";
/** The files' SHA-256, by name, as they were unpacked. */
const RECORD = "sha256.json";

/** What a file must be to be loaded, by name. */
type Digests = ReadonlyMap<string, string>;

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

/** Why npm's package of SwiftShader cannot be used: a bundle may run where it is not installed. */
export function packageObstacle(): string | undefined {
  try {
    chromiumFolder();
    return undefined;
  } catch {
    return "the package @sparticuz/chromium, which brings SwiftShader, was not found; install it where the program runs";
  }
}

/**
 * Unpacks SwiftShader unless it is there and whole, by the hash of every file (some 15 ms): a library that was
 * cut or changed would end the process when it is loaded. Any number of processes may do so at once: each fills
 * a folder of its own, and the first rename wins.
 *
 * @throws `AdapterSetupError` when the package is damaged or the cache cannot be written.
 */
export async function unpackSwiftShader(files: SwiftShaderFiles): Promise<void> {
  if (await isWhole(files.folder)) return;
  const archive = join(chromiumFolder(), "bin", "swiftshader.tar.br");
  const contents = await readArchive(archive).catch((error: unknown) => {
    throw new AdapterSetupError("reading", archive, error, "install @sparticuz/chromium anew");
  });
  await fillFolder(files.folder, contents).catch(async (error: unknown) => {
    // Unpacked by an earlier version, which kept no record, into a folder that cannot be written any more.
    if (await agrees(files.folder, digestsOf(contents))) return;
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
    const record = JSON.stringify(Object.fromEntries(digestsOf(contents)), undefined, 2);
    await writeFile(join(partial, RECORD), `${record}\n`, { flush: true });
    await rename(partial, folder).catch((error: unknown) => replaceBroken(partial, folder, error));
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The folder is there already: another process was faster, or what is in it is damaged. */
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
  const record = await readFile(join(folder, RECORD), "utf8").then(parseRecord, () => undefined);
  return record !== undefined && agrees(folder, record);
}

function parseRecord(text: string): Digests | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return typeof record === "object" && record !== null ? new Map(Object.entries(record)) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the folder holds the three files, each as it should be. */
async function agrees(folder: string, digests: Digests): Promise<boolean> {
  const checks = [LOADER, DRIVER, MANIFEST].map(async (name) => {
    const path = join(folder, name);
    return (await stat(path)).isFile() && digestOf(await readFile(path)) === digests.get(name);
  });
  return Promise.all(checks).then(
    (right) => right.every(Boolean),
    () => false,
  );
}

function digestsOf(contents: ReadonlyMap<string, Buffer>): Digests {
  return new Map([...contents].map(([name, bytes]) => [name, digestOf(bytes)]));
}

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The three files that are needed, by name; whatever else the archive holds is left in it. */
async function readArchive(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const tar = await promisify(brotliDecompress)(await readFile(path));
  const contents = new Map<string, Buffer>();
  // Loaded when it is needed: bundlers cannot put it into a module.
  const { extract } = await import("tar-stream");
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
  return dirname(dirname(requireFrom(import.meta.url).resolve("@sparticuz/chromium")));
}

function chromiumVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(join(chromiumFolder(), "package.json"), "utf8"),
  );
  return manifest.version;
}
