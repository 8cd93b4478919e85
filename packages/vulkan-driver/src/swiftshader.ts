import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { archivePath, cacheFolderOf, fillCacheFolder, readArchive } from "./cache-folder.js";
import { AdapterSetupError } from "./errors.js";
import type { Machine } from "./platform.js";

const LOADER = "libvulkan.so.1";
const DRIVER = "libvk_swiftshader.so";
const MANIFEST = "vk_swiftshader_icd.json";
const FILES: readonly string[] = [LOADER, DRIVER, MANIFEST];
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

/** Where SwiftShader is, or will be, unpacked. */
export function swiftShaderFiles(machine: Pick<Machine, "env" | "homeFolder">): SwiftShaderFiles {
  const folder = cacheFolderOf("swiftshader", machine);
  return { folder, loader: join(folder, LOADER), manifest: join(folder, MANIFEST) };
}

/**
 * Unpacks SwiftShader unless it is there and whole, by the hash of every file (some 15 ms): a library that was
 * cut or changed would end the process when it is loaded. Any number of processes may do so at once: each fills
 * a folder of its own, and the first rename wins.
 *
 * @throws `AdapterSetupError` when the package is damaged or the cache cannot be written.
 */
export async function unpackSwiftShader({ folder }: SwiftShaderFiles): Promise<void> {
  if (await isWhole(folder)) return;
  const archive = archivePath("swiftshader.tar.br");
  const contents = await readFiles(archive).catch((error: unknown) => {
    throw new AdapterSetupError("reading", archive, error, "install @sparticuz/chromium anew");
  });
  const unpacked = {
    folder,
    fill: (partial: string) => write(partial, contents),
    isWhole: () => isWhole(folder),
  };
  await fillCacheFolder(unpacked).catch(async (error: unknown) => {
    // Unpacked by an earlier version, which kept no record, into a folder that cannot be written any more.
    if (await agrees(folder, digestsOf(contents))) return;
    throw new AdapterSetupError(
      "unpacking SwiftShader to",
      folder,
      error,
      "set XDG_CACHE_HOME to a writable folder",
    );
  });
}

/** The three files that are needed, by name; whatever else the archive holds is left in it. */
async function readFiles(archive: string): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map([...(await readArchive(archive))].filter(([name]) => FILES.includes(name)));
  if (contents.size !== FILES.length)
    throw new Error(`expected ${LOADER}, ${DRIVER} and ${MANIFEST}, found ${[...contents.keys()]}`);
  return contents;
}

async function write(partial: string, contents: ReadonlyMap<string, Buffer>): Promise<void> {
  // On the disk before the rename, so that a power cut cannot leave a whole-looking folder of empty files.
  for (const [name, bytes] of contents)
    await writeFile(join(partial, name), bytes, { mode: 0o755, flush: true });
  const record = JSON.stringify(Object.fromEntries(digestsOf(contents)), undefined, 2);
  await writeFile(join(partial, RECORD), `${record}\n`, { flush: true });
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
  const checks = FILES.map(async (name) => {
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
