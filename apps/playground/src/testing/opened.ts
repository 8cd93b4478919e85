import { fileURLToPath } from "node:url";
import {
  type Browser,
  type BrowserContext,
  type FolderServer,
  type Page,
  serveFolder,
} from "@nin/headless-chromium";
import { smallIdxFiles } from "@nin/test-support";
import { onTestFinished } from "vitest";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

/** The page of a test. */
export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly server: FolderServer;
  /** Exceptions and messages of the page and its workers. */
  readonly complaints: string[];
}

export interface OpenOptions {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
  readonly reducedMotion?: "reduce";
  /** Put before the script of the worker that trains. */
  readonly beforeWorker?: string;
  readonly isolated?: boolean;
}

/** Opens the built page, served as `nin playground` does, with storage of its own. */
export async function openPlayground(browser: Browser, options: OpenOptions = {}): Promise<Opened> {
  const { width = 1200, colorScheme = "light", reducedMotion, beforeWorker, isolated = true } = options;
  const server = await serveFolder(DIST, { isolated });
  onTestFinished(() => server.close());
  const context = await browser.playwright.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    // One server less that answers: what is tested there is tested without it.
    serviceWorkers: "block",
    ...(reducedMotion && { reducedMotion }),
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`${error}`));
  page.on("console", (message) => {
    if (!message.text().includes("blocked by Playwright"))
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  if (beforeWorker !== undefined) {
    await page.route(/training-worker-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${beforeWorker}\n${await response.text()}` });
    });
  }
  await page.goto(server.url);
  await ready(page);
  return { page, context, server, complaints };
}

/** Waits until images are loaded and devices are found. */
export async function ready(page: Page): Promise<void> {
  await page.getByText(/to learn, .* to test/).waitFor();
  await page.locator(".pg-panel input[name=device]").first().waitFor();
}

/** Drops a data set of 40 training images, so that an epoch in batches of 8 has five steps. */
export async function giveSmallImages(page: Page): Promise<void> {
  const files = smallIdxFiles(40, 20);
  const names = {
    trainImages: "train-images-idx3-ubyte",
    trainLabels: "train-labels-idx1-ubyte",
    testImages: "t10k-images-idx3-ubyte",
    testLabels: "t10k-labels-idx1-ubyte",
  } as const;
  await page.getByLabel("IDX or CIFAR files, the zip of a run, or weights").setInputFiles(
    Object.entries(names).map(([which, name]) => ({
      name,
      mimeType: "application/octet-stream",
      buffer: files[which as keyof typeof names],
    })),
  );
  await page.getByText("40 to learn, 20 to test").waitFor();
}

/** Has the next run take ten steps. */
export async function chooseTenSteps(page: Page): Promise<void> {
  await page.getByLabel("Batch").fill("8");
  await page.getByLabel("Epochs").fill("2");
  await page.getByLabel("Epochs").press("Tab");
}

export async function train(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Train", exact: true }).click();
}

/** Waits for what the training does: `Paused`, `Finished`. */
export async function phase(page: Page, name: string): Promise<void> {
  await page.getByRole("status").filter({ hasText: name }).waitFor();
}

/** Steps done, as the page shows them. */
export async function stepOf(page: Page): Promise<number> {
  const text = await page.locator(".pg-figure", { hasText: "Step" }).locator(".pg-value").textContent();
  return Number((text ?? "").replaceAll(",", ""));
}

/** The file that a run in the list is downloaded as. */
export async function downloaded(page: Page, kind: string, row = 0): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page
      .getByRole("combobox", { name: /^Download/ })
      .nth(row)
      .selectOption(kind),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
