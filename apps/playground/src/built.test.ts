import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));

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
