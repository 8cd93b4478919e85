import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromiumArguments, unpackChromium } from "@nin/vulkan-driver/chromium";
import {
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
  type Browser as PlaywrightBrowser,
} from "playwright-core";

/** For what a page or its browser is waited for: machines may be busy. Units: milliseconds. */
const PATIENCE_MS = 60_000;
const HEIGHT = 900;

/** What a browser is to have. */
export interface BrowserOptions {
  /** WebGPU on the SwiftShader that comes with the browser. */
  readonly webgpu?: boolean;
}

/** A page, and what it did so far. */
export interface OpenedPage {
  readonly page: Page;
  /** Exceptions, messages and violations of the page's policy so far, those of its workers too. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for so far, except `data:`. */
  readonly requests: readonly string[];
}

/** A headless browser for tests. */
export class Browser {
  #opened = 0;

  private constructor(
    /** Playwright's own, for what this class has no method for. */
    readonly playwright: PlaywrightBrowser,
    private readonly folder: string,
  ) {}

  /** @throws an `Error` where none runs on this machine. */
  static async start(options: BrowserOptions = {}): Promise<Browser> {
    const { executablePath, env } = await unpackChromium();
    const playwright = await chromium.launch({
      executablePath,
      args: [...chromiumArguments(options)],
      // Scrollbars take room in a reader's window.
      ignoreDefaultArgs: ["--hide-scrollbars"],
      env: { ...process.env, ...env },
      timeout: PATIENCE_MS,
    });
    return new Browser(playwright, await mkdtemp(join(tmpdir(), "nin-chromium-")));
  }

  /** Opens a document from a file, in a window of the given width. */
  async open(document: string, width: number, options: BrowserContextOptions = {}): Promise<OpenedPage> {
    const file = join(this.folder, `page-${this.#opened++}.html`);
    await writeFile(file, document);
    return this.visit(pathToFileURL(file).href, width, options);
  }

  /** Opens the page at an address, in a window of the given width, with storage of its own. */
  async visit(url: string, width: number, options: BrowserContextOptions = {}): Promise<OpenedPage> {
    const viewport = { width, height: HEIGHT };
    const context = await this.playwright.newContext({ viewport, ...options });
    return visitIn(context, url);
  }

  async close(): Promise<void> {
    await this.playwright.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Opens the page at an address in a context, whose storage it shares with the context's other pages. */
export async function visitIn(context: BrowserContext, url: string): Promise<OpenedPage> {
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => complaints.push(`${error}`));
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("crash", () => complaints.push("the page crashed"));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) requests.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, requests };
}
