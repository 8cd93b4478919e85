import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, CDPSession, Page } from "playwright-core";
import { BenchError } from "../protocol/errors.js";
import type { ProcessUsage } from "../protocol/served.js";
import type { BrowserProgram } from "./find-browser.js";
import { IMPLEMENTATION_PARAMETER } from "./in-page.js";
import { type Served, servePage } from "./page-server.js";

const SCRIPTS = fileURLToPath(new URL("../../dist/in-page/", import.meta.url));
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
      usage: () => usageOf(session),
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

async function usageOf(session: CDPSession): Promise<ProcessUsage> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const cpuMs = processInfo.reduce((sum, { cpuTime }) => sum + 1000 * cpuTime, 0);
  const memory = await Promise.all(processInfo.map(({ id }) => memoryOf(id)));
  return {
    cpuMs,
    rssBytes: memory.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    // The sum of the processes' high-water marks, which they need not have reached together.
    peakRssBytes: memory.reduce((sum, { peakRssBytes }) => sum + peakRssBytes, 0),
  };
}

/** Only Linux says it of other processes without a program of its own; 0 elsewhere, and for one that has ended. */
async function memoryOf(pid: number): Promise<Omit<ProcessUsage, "cpuMs">> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const bytesOf = (name: string): number =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
  return { rssBytes: bytesOf("VmRSS"), peakRssBytes: bytesOf("VmHWM") };
}
