import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type OpenedPage, useBrowser } from "@nin/headless-chromium";
import { present } from "@nin/spec";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const browserOf = useBrowser();
let outDir = "";
let server: PreviewServer | undefined;
let axe = "";

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), "nin-gallery-"));
  const input = join(root, "gallery.html");
  await build({ root, logLevel: "error", build: { outDir, emptyOutDir: true, rollupOptions: { input } } });
  server = await preview({ root, build: { outDir }, preview: { port: 0, host: "127.0.0.1" } });
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
}, 120_000);
afterAll(async () => {
  await server?.close();
  await rm(outDir, { recursive: true, force: true });
});

type Page = OpenedPage["page"];

interface Look {
  readonly width: number;
  readonly colorScheme: "light" | "dark";
}

async function gallery(context: Pick<TestContext, "skip">, { width, colorScheme }: Look) {
  const address = `${present(server?.resolvedUrls?.local[0])}gallery.html`;
  const options = { colorScheme, reducedMotion: "reduce" } as const;
  const opened = await browserOf(context).visit(address, width, options);
  await opened.page.waitForSelector("#confusion table");
  await opened.page.waitForSelector(".cm-content");
  return opened;
}

/** What axe-core finds, as `rule: element`. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.addScriptTag({ content: axe });
  return page.evaluate(async () => {
    const { run } = (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe;
    const { violations: found } = await run();
    return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
  });
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: string }[];
  }[];
}

describe("the components in a browser", { timeout: 60_000 }, () => {
  it("fit a phone, and are accessible there in dark colours", async (context) => {
    const { page, complaints } = await gallery(context, { width: 360, colorScheme: "dark" });
    await page.click("#tour .tour-steps li:nth-child(1) button");
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("can be used by the keyboard alone", async (context) => {
    const { page, complaints } = await gallery(context, { width: 1200, colorScheme: "light" });
    const focused = () => page.evaluate(() => document.activeElement?.className ?? "");
    const text = (selector: string) => page.locator(selector).textContent();
    // The editor: Tab indents, Escape and Tab leaves.
    await page.focus("#editor .cm-content");
    await page.keyboard.press("Tab");
    expect(await focused()).toContain("cm-content");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    expect(await focused()).not.toContain("cm-content");
    // It suggests, and says where a mistake is.
    await page.focus("#editor .cm-content");
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText('{ "format": "nin-architecture", "version": 1 ');
    await page.keyboard.type(', "na');
    await page.waitForSelector(".cm-tooltip-autocomplete [aria-selected]");
    // In its first 75 ms the list takes no key: it may have come while one was pressed.
    await page.waitForTimeout(150);
    await page.keyboard.press("Enter");
    expect(await text("#editor .cm-content")).toContain(', "name": ""');
    await page.waitForSelector(".editor-problem");
    expect(await text("#editor output")).toBe("1 problem");
    expect(await text(".editor-problem button")).toMatch(/^line 1, column \d+$/);
    // What is written stays as it is, also where another text would be the same network; another network replaces it.
    const own =
      '{"format":"nin-architecture","version":1,"name":"a","input":{"channels":1,"height":4,"width":4},"layers":[{"kind":"flatten"}]}';
    await page.focus("#editor .cm-content");
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(own);
    await page.locator("#editor output", { hasText: "1 layers" }).waitFor();
    await page.waitForSelector(".editor-problem", { state: "detached" });
    expect(await text("#editor .cm-content")).toBe(own);
    await page.selectOption("#editor select", "nin");
    await page.locator("#editor .cm-line", { hasText: '"name": "nin"' }).waitFor();
    // The diagram: Enter chooses a layer and opens a block.
    await page.focus("#diagram .network-block .layer-tile");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await text("#diagram [aria-pressed='true'] code")).toBe("net.0");
    const inside = await page.locator("#diagram .block-layers code").allTextContents();
    expect(inside).toEqual(["net.0.0", "net.0.2", "net.0.4"]);
    // The maps: arrows choose a channel.
    await page.focus("#activations input[type='range']");
    await page.keyboard.press("ArrowRight");
    expect(await text("#activations .channel-facts > label")).toBe("channel 1");
    // The pad: a frame of four lines is classified.
    await page.focus("#input canvas[role='application']");
    await page.keyboard.press(" ");
    for (const key of ["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown"])
      for (let step = 0; step < 8; step += 1) await page.keyboard.press(key);
    await page.waitForSelector("#input .scores-verdict");
    // With all of that open, nothing is in the way of others.
    expect(await violations(page)).toEqual([]);
    // The tabs: arrows change them.
    await page.focus("#input [role='tab'][aria-selected='true']");
    await page.keyboard.press("ArrowRight");
    expect(await text("#input [aria-selected='true']")).toBe("File");
    await page.waitForSelector("#input .scores-verdict", { state: "detached" });
    await takePictures(page);
    expect(complaints).toEqual([]);
  });
});

/** Files, the camera, and what is no picture. */
async function takePictures(page: Page): Promise<void> {
  const problem = page.locator("#input .input-problem");
  const verdict = page.locator("#input .scores-verdict");
  const choose = (name: string, buffer: Buffer) =>
    page.setInputFiles("#input input[type='file']", { name, mimeType: "image/png", buffer });
  await choose("broken.png", Buffer.from("no picture"));
  await page.waitForSelector("#input .input-problem:not(:empty)");
  expect(await problem.textContent()).toMatch(
    /^broken\.png: expected a PNG, JPEG, WebP, GIF or AVIF image, found/,
  );
  // A black ring on white paper: inverted for a data set whose images are black at the edges.
  await choose("ring.png", await ringPng(page));
  await verdict.waitFor();
  expect(await problem.textContent()).toBe("");
  expect(await page.isChecked("#input .input-options input")).toBe(true);
  expect(await verdict.textContent()).toContain("ring");

  await page.evaluate(fakeCamera);
  await page.click("#input [role='tab'] >> text=Camera");
  await verdict.waitFor({ state: "detached" });
  await page.click("text=Turn the camera on");
  await page.waitForSelector("#input video");
  // The focus went on to the button that is now in the place of the other.
  expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/^Keep this picture/);
  await verdict.waitFor();
  // Hidden, it goes off by itself.
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.waitForSelector("#input video", { state: "detached" });
  const state = await page.evaluate(() => (globalThis as unknown as FakeCamera).cameraTrack.readyState);
  expect(state).toBe("ended");
}

async function ringPng(page: Page): Promise<Buffer> {
  const url = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 112, height: 112 });
    const pen = canvas.getContext("2d");
    if (pen === null) throw new Error("expected a context");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 112, 112);
    pen.lineWidth = 8;
    pen.arc(56, 56, 32, 0, 7);
    pen.stroke();
    return canvas.toDataURL("image/png");
  });
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}

interface FakeCamera {
  cameraTrack: MediaStreamTrack;
}

/** Runs in the page: a camera that sees a canvas. */
function fakeCamera(): void {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("expected a context");
  setInterval(() => {
    pen.fillStyle = "#fff";
    pen.fillRect(140, 100, 40, 40);
  }, 50);
  const getUserMedia = async () => {
    const stream = canvas.captureStream(20);
    [(globalThis as unknown as FakeCamera).cameraTrack] = stream.getVideoTracks() as [MediaStreamTrack];
    return stream;
  };
  Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia }, configurable: true });
}
