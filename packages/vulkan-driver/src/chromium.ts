/**
 * The headless Chromium of npm's package `@sparticuz/chromium`, for Linux x64: unpacked once, and the arguments with
 * which it runs anywhere, with WebGPU on the SwiftShader that it brings.
 *
 * @example
 * ```ts
 * import { spawn } from "node:child_process";
 * import { chromiumArguments, unpackChromium } from "@nin/vulkan-driver/chromium";
 *
 * const { executablePath, env } = await unpackChromium();
 * const args = [...chromiumArguments({ webgpu: true }), "--headless", "--dump-dom", "data:text/html,<p>Hello"];
 * spawn(executablePath, args, { env: { ...process.env, ...env }, stdio: "inherit" });
 * ```
 *
 * @packageDocumentation
 */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { archivePath, cacheFolderOf, fillCacheFolder, packageObstacle, readArchive } from "./cache-folder.js";
import { AdapterSetupError } from "./errors.js";
import { type Machine, thisMachine } from "./platform.js";

const PROGRAM = "chromium";
const FONT_SETTINGS = "fonts.conf";
/** The files' sizes, by name, as they were unpacked. */
const RECORD = "sizes.json";

/** Chromium unpacked. */
export interface ChromiumFiles {
  readonly executablePath: string;
  /** What its process needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Why npm's Chromium cannot be started here; undefined where it can. */
export function chromiumObstacle(machine: Machine = thisMachine()): string | undefined {
  const { platform, arch, glibc } = machine;
  if (platform === "linux" && arch === "x64" && glibc) return packageObstacle();
  return `npm's build of Chromium is for Linux x64 with glibc, this is ${platform} ${arch}${platform === "linux" && !glibc ? " without glibc" : ""}`;
}

/**
 * Unpacks Chromium into the user's cache (200 MB) unless it is there, by the size of every file: that takes some
 * seconds once. Any number of processes may do so at once.
 *
 * @throws `AdapterSetupError` where there is none for this machine, the package is damaged or the cache cannot be
 * written
 */
export async function unpackChromium(machine: Machine = thisMachine()): Promise<ChromiumFiles> {
  const obstacle = chromiumObstacle(machine);
  if (obstacle !== undefined) {
    throw new AdapterSetupError("starting", "Chromium", obstacle, "install Chrome or Chromium");
  }
  const folder = cacheFolderOf("chromium", machine);
  if (!(await isWhole(folder))) {
    const unpacked = {
      folder,
      fill: (partial: string) => fill(partial, folder),
      isWhole: () => isWhole(folder),
    };
    await fillCacheFolder(unpacked).catch((error: unknown) => {
      const advice = "set XDG_CACHE_HOME to a writable folder with 300 MB free";
      throw new AdapterSetupError("unpacking Chromium to", folder, error, advice);
    });
  }
  return {
    executablePath: join(folder, PROGRAM),
    env: { LD_LIBRARY_PATH: join(folder, "lib"), FONTCONFIG_FILE: join(folder, FONT_SETTINGS) },
  };
}

/** Arguments with which any Chromium asks no host for anything: its pages are files, or are served by this machine. */
export const quietArguments: readonly string[] = [
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
  ...["--disable-background-networking", "--disable-component-update", "--disable-domain-reliability"],
  ...["--disable-breakpad", "--disable-sync", "--metrics-recording-only", "--no-first-run", "--no-pings"],
];

/**
 * Arguments for the Chromium that was unpacked; it asks no host for anything.
 *
 * @param options.webgpu - with WebGPU on SwiftShader; without, in one process, which starts faster
 */
export function chromiumArguments({ webgpu = false }: { readonly webgpu?: boolean } = {}): readonly string[] {
  return [
    ...quietArguments,
    // Chromium's own sandbox and zygote do not work in every container.
    ...["--no-sandbox", "--no-zygote"],
    ...(webgpu
      ? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
      : ["--single-process", "--disable-gpu", "--disable-software-rasterizer"]),
  ];
}

/** Fills a folder that will have another name, by which the settings of its fonts name it. */
async function fill(partial: string, folder: string): Promise<void> {
  const sizes: Record<string, number> = {};
  const write = async (name: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(dirname(join(partial, name)), { recursive: true });
    await writeFile(join(partial, name), bytes, { mode: 0o755, flush: true });
    sizes[name] = bytes.length;
  };
  // Chromium looks for SwiftShader next to its program.
  for (const name of ["al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"]) {
    for (const [file, bytes] of await readArchive(archivePath(name))) await write(file, bytes);
  }
  // Chromium ends without a font, and the package's own settings name folders of other machines.
  await write(FONT_SETTINGS, Buffer.from(fontSettings(folder)));
  const program = join(partial, PROGRAM);
  const output = createWriteStream(program, { mode: 0o755, flush: true });
  await pipeline(createReadStream(archivePath("chromium.br")), createBrotliDecompress(), output);
  sizes[PROGRAM] = (await stat(program)).size;
  await writeFile(join(partial, RECORD), `${JSON.stringify(sizes, undefined, 2)}\n`, { flush: true });
}

async function isWhole(folder: string): Promise<boolean> {
  try {
    const sizes = Object.entries(JSON.parse(await readFile(join(folder, RECORD), "utf8")) as object);
    const found = await Promise.all(sizes.map(([name]) => stat(join(folder, name))));
    return found.length > 0 && sizes.every(([, size], index) => found[index]?.size === size);
  } catch {
    return false;
  }
}

function fontSettings(folder: string): string {
  const path = (name: string): string => join(folder, name).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${path("fonts")}</dir><cachedir>${path("font-cache")}</cachedir></fontconfig>
`;
}
