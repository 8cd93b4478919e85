import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Page, useBrowser } from "@nin/headless-chromium";
import { at } from "@nin/spec";
import { inNewFolder, smallIdxFiles, writeIdxFolder } from "@nin/test-support";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";
import { expectRefusal } from "../testing/refusal.js";
import { servePlayground } from "./serve-playground.js";

const browserOf = useBrowser({ webgpu: true });

/** Serves the playground while `use` goes on. */
async function serving(
  env: Readonly<Record<string, string>>,
  use: (url: string, notes: readonly string[]) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const notes: string[] = [];
  let print: (line?: string) => void = () => {};
  const printed = new Promise<string>((resolve) => {
    print = (line = "") => resolve(line);
  });
  const served = servePlayground(
    { port: 0, env },
    {
      print: (line?: string) => print(line),
      note: (line: string) => notes.push(line),
      isInteractive: false,
      signal: controller.signal,
      stoppable: (work) => work(),
    },
  );
  try {
    const line = await Promise.race([printed, served.then(() => "ended")]);
    await use(/http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0] ?? expect.unreachable(line), notes);
  } finally {
    controller.abort();
    await served;
  }
}

async function phase(page: Page, name: string): Promise<void> {
  await page.getByRole("status").filter({ hasText: name }).waitFor();
}

/** Gives files to the page as if they were chosen. */
async function give(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await page
    .getByLabel("IDX or CIFAR files, the zip of a run, or weights")
    .setInputFiles([{ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) }]);
}

async function unpack(zip: Uint8Array, into: string): Promise<string> {
  const files = Object.entries(unzipSync(zip));
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(into, path)), { recursive: true });
    await writeFile(join(into, path), bytes);
  }
  return join(into, at(at(files, 0)[0].split("/"), 0));
}

async function packed(folder: string): Promise<Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const found of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(found.parentPath, found.name);
    if (found.isFile()) files[`run/${path.slice(folder.length + 1)}`] = await readFile(path);
  }
  return zipSync(files, { level: 0 });
}

describe("nin playground", () => {
  it("serves the page and the data with the headers that isolate it, and nothing else", () =>
    inNewFolder(async (folder) => {
      await writeIdxFolder(folder, smallIdxFiles(10, 10));
      await writeFile(join(folder, "secret"), "secret");
      await serving({ NIN_DATA_DIR: folder }, async (url, notes) => {
        const page = await fetch(url);
        expect(await page.text()).toContain('<div id="app">');
        expect(page.headers.get("cross-origin-opener-policy")).toBe("same-origin");
        expect(page.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
        expect(page.headers.get("content-security-policy")).toContain(
          "default-src 'none'; script-src 'self'",
        );
        const { sets } = (await (await fetch(`${url}data/index.json`)).json()) as {
          sets: Record<string, string[]>;
        };
        expect(sets["fashion-mnist"]).toContain("t10k-labels-idx1-ubyte");
        expect((await fetch(`${url}data/fashion-mnist/t10k-labels-idx1-ubyte`)).status).toBe(200);
        for (const path of [
          "data/fashion-mnist/secret",
          "data/fashion-mnist/..%2Fsecret",
          "../package.json",
          "assets/",
        ])
          expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 404]);
        expect(notes).toEqual([]);
      });
    }));

  it("says what to do where there is no Fashion-MNIST", () =>
    inNewFolder(async (folder) => {
      await serving({ NIN_DATA_DIR: folder }, async (url, notes) => {
        expect(await (await fetch(`${url}data/index.json`)).json()).toEqual({ sets: {} });
        expect(notes).toEqual([expect.stringContaining("nin data fetch fashion-mnist")]);
      });
      expectRefusal(
        await runHere(["playground", "--port", "x"], folder),
        "Expected a number from 0 to 65535",
      );
    }));

  it("a run goes from the page to nin train --resume, and back", { timeout: 180_000 }, (context) =>
    inNewFolder(async (folder) => {
      const images = join(folder, "images");
      await writeIdxFolder(images, smallIdxFiles(40, 20));
      await serving({ NIN_DATA_DIR: images }, async (url) => {
        const { page, complaints } = await browserOf(context).visit(url, 1200, { serviceWorkers: "block" });
        await page.getByText("40 to learn, 20 to test").waitFor();
        await page.getByLabel("Batch").fill("8");
        await page.getByLabel("Epochs").fill("2");
        await page.getByLabel("Epochs").press("Tab");
        await page.getByText("WebAssembly (ONNX Runtime)").click();
        await page.getByRole("button", { name: "One step" }).click();
        await page.getByText("of 10, epoch 1 of 2").waitFor();
        await phase(page, "Paused");
        const [file] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("combobox", { name: /^Download/ }).selectOption("folder"),
        ]);
        const run = await unpack(await readFile(await file.path()), folder);
        const env = { NIN_DATA_DIR: images };
        const resumed = await nin(["train", "--resume", run, "--max-steps", "4"], { cwd: folder, env });
        expect(resumed).toMatchObject({ status: 0 });
        const evaluated = await nin(
          ["evaluate", run, "--backend", "onnxruntime", "--device", "wasm", "--json"],
          { cwd: folder, env },
        );
        expect(evaluated).toMatchObject({ status: 0 });

        await give(page, "run.zip", await packed(run));
        await page.locator(".pg-figure", { hasText: "Step" }).getByText("4", { exact: true }).waitFor();
        await phase(page, "Paused");
        await page.getByRole("button", { name: "Continue" }).click();
        await phase(page, "Finished");
        expect(complaints.filter((line) => !line.includes("blocked by Playwright"))).toEqual([]);
      });
    }),
  );
});
