import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Browser, type Page } from "@nin/headless-chromium";
import { endOf } from "@nin/test-support";

/** The playground in a browser, with Fashion-MNIST. */
export interface ServedPage extends AsyncDisposable {
  readonly page: Page;
  readonly url: string;
  /** Resident memory of the page with its workers, and of the process that has its GPU. Units: bytes. */
  residentBytes(): Promise<number>;
}

const NIN = fileURLToPath(new URL("../../../../apps/cli/bin/nin.js", import.meta.url));

/** `nin playground`, and its page in a headless Chromium. @param dataFolder - with Fashion-MNIST's files */
export async function openServedPage(dataFolder: string): Promise<ServedPage> {
  const server = spawn(process.execPath, [NIN, "playground", "--port", "0"], {
    env: { ...process.env, NIN_DATA_DIR: dataFolder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { stdout } = server;
  const [line = ""] = (await Promise.race([once(stdout, "data"), once(stdout, "end")])) as [Buffer?];
  const url = /http:\/\/\S+/.exec(line.toString())?.[0];
  if (url === undefined) throw new Error(`nin playground printed "${line.toString()}"`);
  const browser = await Browser.start({ webgpu: true });
  const { page } = await browser.visit(url, 1400);
  return {
    page,
    url,
    residentBytes: () => residentBytes(browser),
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.kill("SIGINT");
      await endOf(server);
    },
  };
}

const OF_THE_PAGE: readonly string[] = ["renderer", "GPU"];

async function residentBytes(browser: Browser): Promise<number> {
  const devtools = await browser.playwright.newBrowserCDPSession();
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  await devtools.detach();
  const kibibytes = processInfo
    .filter(({ type }) => OF_THE_PAGE.includes(type))
    .map(({ id }) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1]));
  return 1024 * kibibytes.reduce((sum, each) => sum + each, 0);
}

/** Waits until one can train. @param device - what its label contains: `WebAssembly` */
export async function readyFor(page: Page, device: string): Promise<void> {
  await page.getByText("60,000 to learn").waitFor();
  await page.locator("input[name=device]").first().waitFor();
  await page.getByText(device).first().click();
}

/** Steps done, as the page shows them; 0 before the first. */
export async function stepsDone(page: Page): Promise<number> {
  const text = await page.locator(".pg-figure", { hasText: "Step" }).locator(".pg-value").textContent();
  const steps = Number((text ?? "").replaceAll(",", ""));
  return Number.isFinite(steps) ? steps : 0;
}

export async function waitForStep(page: Page, step: number): Promise<void> {
  while ((await stepsDone(page)) < step) await page.waitForTimeout(500);
}
