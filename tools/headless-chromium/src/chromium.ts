import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The headless Chromium of `@sparticuz/chromium`, unpacked into a folder of its own. */
export interface Chromium {
  /** Pages that it is to open can be put here. */
  readonly folder: string;
  /** Starts it; it is spoken to over the pipes 3 and 4. */
  start(): ChildProcess;
  remove(): Promise<void>;
}

/** What a browser is to have. */
export interface ChromiumOptions {
  /** WebGPU on the SwiftShader that the package brings. */
  readonly webgpu?: boolean;
}

/** It asks no host for anything: pages are files, or are served from this machine. */
const QUIET_FLAGS = [
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
  ...["--disable-background-networking", "--disable-component-update", "--disable-domain-reliability"],
  ...["--disable-breakpad", "--disable-sync", "--metrics-recording-only", "--no-first-run", "--no-pings"],
];

const FLAGS = ["--headless", "--remote-debugging-pipe", "--no-sandbox", ...QUIET_FLAGS];

// One process, because Chromium's own sandbox and zygote do not work in every container.
const PLAIN_FLAGS = ["--no-zygote", "--single-process", "--disable-gpu", "--disable-software-rasterizer"];

const WEBGPU_FLAGS = ["--no-zygote", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** @throws an `Error` where the package has no Chromium for this machine. */
export async function unpackChromium({ webgpu = false }: ChromiumOptions = {}): Promise<Chromium> {
  const { platform, arch } = process;
  if (platform !== "linux" || arch !== "x64") throw new Error(`there is none for ${platform} ${arch}`);
  const folder = await mkdtemp(join(tmpdir(), "nin-chromium-"));
  const [program = "", libraries = "", fonts = ""] = await unpackInto(folder);
  const fontSettings = join(folder, "fonts.conf");
  await writeFile(fontSettings, fontconfig(fonts, join(folder, "font-cache")));
  const flags = [...FLAGS, ...(webgpu ? WEBGPU_FLAGS : PLAIN_FLAGS)];
  return {
    folder,
    start: () =>
      spawn(program, [...flags, `--user-data-dir=${join(folder, "profile")}`, "about:blank"], {
        stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
        env: { ...process.env, LD_LIBRARY_PATH: join(libraries, "lib"), FONTCONFIG_FILE: fontSettings },
      }),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The package unpacks into the system's temporary folder, which `TMPDIR` names. */
async function unpackInto(folder: string): Promise<readonly string[]> {
  const { inflate } = await import("@sparticuz/chromium");
  const packed = join(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")), "..", "bin");
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    return await Promise.all([
      inflate(join(packed, "chromium.br")),
      inflate(join(packed, "al2023.tar.br")),
      inflate(join(packed, "fonts.tar.br")),
      // Chromium looks for it next to its program, where this one is unpacked to.
      inflate(join(packed, "swiftshader.tar.br")),
    ]);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

/** Chromium ends without a font, and the package's own settings name folders of other machines. */
function fontconfig(fonts: string, cache: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${fonts}</dir><cachedir>${cache}</cachedir></fontconfig>
`;
}
