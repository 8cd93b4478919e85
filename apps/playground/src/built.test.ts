import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { serveFolder, useBrowser } from "@nin/headless-chromium";
import { inNewFolder } from "@nin/test-support";
import { expect, it } from "vitest";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));

const browserOf = useBrowser({ webgpu: true });

/** What a first visit loads before one can train, without a runtime. Units: bytes, compressed. */
const FIRST_LOAD_BYTES = 300_000;

async function compressed(path: string): Promise<number> {
  return gzipSync(await readFile(join(DIST, path))).length;
}

it("the first load is small: runtimes, the editor and the tour are loaded when they are needed", async () => {
  const page = await readFile(join(DIST, "index.html"), "utf8");
  const linked = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path = ""]) => path);
  expect(linked.length).toBeGreaterThan(1);
  const assets = await readdir(join(DIST, "assets"));
  // The worker, and the two backends, which say what devices there are.
  const worker = assets.filter((name) => /^(?:training-worker|browser|model-of)-.*\.js$/.test(name));
  expect(worker.length).toBeGreaterThanOrEqual(3);
  const paths = ["index.html", "icon.svg", ...linked, ...worker.map((name) => `assets/${name}`)];
  const sizes = await Promise.all(paths.map(compressed));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).toBeLessThan(FIRST_LOAD_BYTES);
  expect(paths.join()).not.toMatch(/ort|wasm|code-editor/);
  expect(page).not.toMatch(/(?:src|href)="\//);
});

it(
  "works from a folder of any server, isolated from the second visit on, then without a network",
  {
    timeout: 120_000,
  },
  (context) =>
    inNewFolder(async (folder) => {
      const isShell = (path: string): boolean => !path.endsWith(".wasm");
      await cp(DIST, join(folder, "some", "folder"), { recursive: true, filter: isShell });
      await using server = await serveFolder(folder);
      const { page } = await browserOf(context).visit(`${server.url}some/folder/`, 1000);
      await page.getByText("6,000 to learn, 1,000 to test").waitFor();
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
      await page.evaluate(async () => {
        await navigator.serviceWorker.ready;
        while (navigator.serviceWorker.controller === null)
          await new Promise((resolve) => setTimeout(resolve, 50));
      });
      await page.reload();
      await page.getByText("6,000 to learn, 1,000 to test").waitFor();
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      // What was loaded for the device's list is kept as well.
      await page.locator("input[name=device]").first().waitFor();
      await server.close();
      await page.reload();
      await page.getByText("6,000 to learn, 1,000 to test").waitFor();
      await page.locator("input[name=device]").first().waitFor();
    }),
);
