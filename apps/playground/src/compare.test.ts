import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Page, useBrowser } from "@nin/headless-chromium";
import { present } from "@nin/spec";
import { inNewFolder, shapeSet, writeShapeFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { openPlayground, phase, stepOf, train } from "./testing/opened.js";

const browserOf = useBrowser({ webgpu: true });

/** Drops what is at a path of this machine onto the page, as a hand does. */
async function drop(page: Page, path: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await devtools.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  await devtools.detach();
}

/** Drops a folder with small pictures of three classes, and waits until they are there to be learned. */
async function dropShapes(page: Page): Promise<void> {
  await inNewFolder(async (folder) => {
    const images = join(folder, "images");
    await mkdir(images);
    await writeShapeFolder(images, shapeSet({ train: 24, test: 12 }, 28));
    await drop(page, images);
    await page.getByText("24 to learn, 12 to test; 28×28 pixels, grey, 3 classes").waitFor();
  });
}

describe("own images", { timeout: 120_000 }, () => {
  it("a folder that is dropped is learned twice, and the curves of both are compared", async (context) => {
    const { page, complaints } = await openPlayground(browserOf(context));
    await dropShapes(page);
    await page.getByLabel("Batch").fill("8");
    await page.getByLabel("Epochs").fill("1");
    await page.getByLabel("Epochs").press("Tab");
    await train(page);
    await phase(page, "Finished");
    const accuracy = page.getByRole("img", { name: /^Accuracy by step/ });
    const said = async () => present(await accuracy.getAttribute("aria-label"));
    await expect.poll(said).toMatch(/all test images: [\d.]+% at step 3/);

    await page.getByRole("button", { name: "New run" }).click();
    await phase(page, "Finished");
    await expect.poll(() => page.locator(".pg-runs tbody tr").count()).toBe(2);
    const first = page.getByRole("checkbox", { name: /^Compare nin-xs/ }).last();
    const name = present(await first.getAttribute("aria-label")).replace("Compare ", "");
    await first.check();
    await expect.poll(said).toContain(`${name}: `);
    expect(await page.locator(".pg-legend li", { hasText: name }).count()).toBe(2);
    await first.uncheck();
    await expect.poll(said).not.toContain(name);
    expect(complaints).toEqual([]);
  });

  it("dropped while a network learns others, they take the place of these, and its run is kept", async (context) => {
    const { page, complaints } = await openPlayground(browserOf(context));
    await train(page);
    await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(0);
    await dropShapes(page);
    await phase(page, "Ready");
    expect(await page.locator(".pg-figure", { hasText: "Step" }).locator(".pg-value").textContent()).toBe(
      "–",
    );
    await page.getByRole("rowheader", { name: /nin-xs.*paused/ }).waitFor();
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });
});
