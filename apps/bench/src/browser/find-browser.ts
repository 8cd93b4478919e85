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

/** What the search asks of the machine; tests give their own. */
export interface BrowserMachine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exists: (path: string) => boolean;
  /** Why npm's Chromium cannot be used. */
  readonly npmObstacle: () => string | undefined;
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
export async function findBrowser(
  path: string | undefined,
  machine: BrowserMachine = thisMachine(),
): Promise<readonly BrowserProgram[]> {
  if (path !== undefined) {
    if (machine.exists(path)) return programsOf(path, machine);
    throw new BenchError(
      `browser: expected the program of a Chrome, Chromium or Edge, found none at ${path}`,
    );
  }
  const installed = candidates(machine).find((candidate) => machine.exists(candidate));
  if (installed !== undefined) return programsOf(installed, machine);
  const obstacle = machine.npmObstacle();
  if (obstacle === undefined) {
    return [{ ...(await unpackChromium()), args: chromiumArguments({ webgpu: true }) }];
  }
  throw new BenchError(
    `browser: found no Chrome, Chromium or Edge; install one, name its program with --browser-path, or run \`npm install @sparticuz/chromium\` (${obstacle})`,
  );
}

function programsOf(executablePath: string, { platform }: BrowserMachine): readonly BrowserProgram[] {
  const args = [...quietArguments, "--enable-unsafe-webgpu"];
  const vulkan = platform === "linux" ? ["--enable-features=Vulkan"] : [];
  return [
    { executablePath, args: [...args, ...vulkan], env: {} },
    { executablePath, args: [...args, "--use-webgpu-adapter=swiftshader"], env: {} },
  ];
}

/** Where an installed browser's program may be, by the system's customs. */
function candidates({ platform, env }: BrowserMachine): readonly string[] {
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

function thisMachine(): BrowserMachine {
  const { platform, env } = process;
  return { platform, env, exists: existsSync, npmObstacle: () => chromiumObstacle() };
}
