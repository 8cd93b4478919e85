import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "@nin/files";
import type { Browser, CDPSession, Page } from "playwright-core";
import { BenchError } from "../protocol/errors.js";
import type { ProcessUsage } from "../protocol/served.js";
import type { BrowserProgram } from "./find-browser.js";
import { IMPLEMENTATION_PARAMETER } from "./in-page.js";
import { type Served, servePage } from "./page-server.js";

const SCRIPTS = packageFile(import.meta.url, "@nin/bench", "dist/in-page");
const START_MS = 60_000;

/** The benchmark's page in a browser of its own. */
export interface BenchPage {
  readonly page: Page;
  /** `Chromium 153.0.8010.0`. */
  readonly version: string;
  /** Of all of the browser's processes. */
  usage(): Promise<ProcessUsage>;
  close(): Promise<void>;
}

/**
 * Starts a browser and opens the page in it.
 *
 * @param implementation - what the page is to measure; undefined for a page that only describes itself
 * @param find - what the page is sent besides its scripts
 * @throws `BenchError` where playwright-core is not installed, or the browser does not start
 */
export async function openPage(
  { executablePath, args, env }: BrowserProgram,
  implementation: string | undefined,
  find: (path: string) => Served | undefined,
): Promise<BenchPage> {
  const { chromium } = await import("playwright-core").catch((error: unknown) => {
    const message = "playwright-core is not installed; install it with `npm install playwright-core`";
    throw new BenchError(message, "NIN_BENCH", { cause: error });
  });
  const server = await servePage((path) =>
    /^\/in-page\/[\w.-]+\.js$/.test(path)
      ? { file: join(SCRIPTS, path.slice("/in-page/".length)) }
      : find(path),
  );
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({
      executablePath,
      args: [...args],
      env: { ...process.env, ...env },
      timeout: START_MS,
    });
    const page = await browser.newPage();
    page.on("pageerror", (error) => process.stderr.write(`${error}\n`));
    page.on("console", (message) => {
      if (message.type() === "error") process.stderr.write(`${message.text()}\n`);
    });
    const named = implementation === undefined ? {} : { [IMPLEMENTATION_PARAMETER]: implementation };
    await page.goto(`${server.url}?${new URLSearchParams(named)}`, { timeout: START_MS });
    await page.waitForFunction("globalThis.ninBench !== undefined", undefined, { timeout: START_MS });
    const session = await browser.newBrowserCDPSession();
    const { product } = await session.send("Browser.getVersion");
    const opened = browser;
    return {
      page,
      version: product.replace("HeadlessChrome/", "Chromium ").replace("/", " "),
      usage: usageReader(session),
      close: async () => {
        await opened.close();
        server.close();
      },
    };
  } catch (error) {
    await browser?.close();
    server.close();
    const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new BenchError(`the browser ${executablePath} does not start: ${line}`, "NIN_BENCH", {
      cause: error,
    });
  }
}

/** Nothing is added while a page works: workers are threads. The processes are known once it has begun. */
function usageReader(session: CDPSession): () => Promise<ProcessUsage> {
  let pids: readonly number[] | undefined;
  return async () => {
    if (process.platform === "linux" && pids !== undefined) return sumOf(pids.map(usageOnLinux));
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    pids = processInfo.map(({ id }) => id);
    if (process.platform === "linux") return sumOf(pids.map(usageOnLinux));
    // Memory of other processes is what only Linux says without a program of its own.
    const cpuMs = processInfo.reduce((sum, { cpuTime }) => sum + 1000 * cpuTime, 0);
    return { cpuMs, rssBytes: 0, peakRssBytes: 0 };
  };
}

/** The sum of the high-water marks too, which the processes need not have reached together. */
function sumOf(usages: readonly ProcessUsage[]): ProcessUsage {
  const sum = (name: keyof ProcessUsage): number => usages.reduce((all, usage) => all + usage[name], 0);
  return { cpuMs: sum("cpuMs"), rssBytes: sum("rssBytes"), peakRssBytes: sum("peakRssBytes") };
}

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** Read in one go: a request to a busy browser would take time that counts as hidden. Zeros for a process that has ended, also where its parent has not noticed yet and it has no memory. */
function usageOnLinux(pid: number): ProcessUsage {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kibibytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    // After the name, which may have spaces and brackets: the state, ten numbers, and the times of user and system.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const cpuMs = TICK_MS * (Number(fields[11]) + Number(fields[12]));
    return { cpuMs, rssBytes: 1024 * kibibytes("VmRSS"), peakRssBytes: 1024 * kibibytes("VmHWM") };
  } catch {
    return { cpuMs: 0, rssBytes: 0, peakRssBytes: 0 };
  }
}
