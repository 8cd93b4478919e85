import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import {
  chromiumArguments,
  chromiumObstacle,
  quietArguments,
  unpackChromium,
} from "@nin/vulkan-driver/chromium";
import { BenchError } from "../protocol/errors.js";

/** How a browser's process is started. */
export interface BrowserProgram {
  readonly executablePath: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Names of the program on the path, on Linux. */
const COMMANDS = [
  ...["google-chrome-stable", "google-chrome", "chromium", "chromium-browser"],
  ...["microsoft-edge-stable", "microsoft-edge"],
];
const MAC_APPLICATIONS = ["Google Chrome", "Chromium", "Microsoft Edge"];
/** Below the folders of programs, on Windows. */
const WINDOWS_PROGRAMS = [
  "Google\\Chrome\\Application\\chrome.exe",
  "Microsoft\\Edge\\Application\\msedge.exe",
];

/**
 * The browser to measure in: the named one, an installed Chrome, Chromium or Edge, or npm's Chromium. The first of
 * the programs uses the browser's own WebGPU adapter; a later one the SwiftShader that comes with it, for a browser
 * that has no adapter otherwise.
 *
 * @throws `BenchError` in one sentence where there is none
 */
export async function findBrowser(path: string | undefined): Promise<readonly BrowserProgram[]> {
  if (path !== undefined) {
    if (existsSync(path)) return programsOf(path);
    throw new BenchError(
      `browser: expected the program of a Chrome, Chromium or Edge, found none at ${path}`,
    );
  }
  const installed = candidates().find((candidate) => existsSync(candidate));
  if (installed !== undefined) return programsOf(installed);
  const obstacle = chromiumObstacle();
  if (obstacle === undefined) {
    return [{ ...(await unpackChromium()), args: chromiumArguments({ webgpu: true }) }];
  }
  throw new BenchError(
    `browser: found no Chrome, Chromium or Edge; install one, name its program with --browser-path, or run \`npm install @sparticuz/chromium\` (${obstacle})`,
  );
}

function programsOf(executablePath: string): readonly BrowserProgram[] {
  const args = [...quietArguments, "--enable-unsafe-webgpu"];
  const vulkan = process.platform === "linux" ? ["--enable-features=Vulkan"] : [];
  return [
    { executablePath, args: [...args, ...vulkan], env: {} },
    { executablePath, args: [...args, "--use-webgpu-adapter=swiftshader"], env: {} },
  ];
}

/** Where an installed browser's program may be, by the system's customs. */
function candidates(): readonly string[] {
  const { platform, env } = process;
  if (platform === "darwin") {
    return MAC_APPLICATIONS.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (platform === "win32") {
    const folders = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA];
    return folders.flatMap((folder) =>
      folder === undefined ? [] : WINDOWS_PROGRAMS.map((name) => join(folder, name)),
    );
  }
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return COMMANDS.flatMap((name) => folders.map((folder) => join(folder, name)));
}
