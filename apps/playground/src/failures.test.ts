import { useBrowser } from "@nin/headless-chromium";
import { describe, expect, it } from "vitest";
import { chooseTenSteps, giveSmallImages, openPlayground, phase, stepOf, train } from "./testing/opened.js";

const browserOf = useBrowser({ webgpu: true });

/** Nothing that a network could be trained on. */
const NOTHING = `delete globalThis.WebAssembly; Object.defineProperty(Object.getPrototypeOf(navigator), "gpu", { value: undefined });`;
/** Remembers the devices that are opened. */
const REMEMBER = `
  globalThis.openedDevices = [];
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await requestDevice.apply(this, given);
    globalThis.openedDevices.push(device);
    return device;
  };`;

describe("what goes wrong is one clear sentence, and nothing is lost", { timeout: 120_000 }, () => {
  it("where nothing can train", async (context) => {
    const { page } = await openPlayground(browserOf(context), { beforeWorker: NOTHING });
    await page.getByText("Nothing in this browser can train a network.").waitFor();
    const text = await page.locator(".pg-controls .pg-warning").textContent();
    expect(text).toMatch(/this browser has no WebGPU/);
    expect(text).toMatch(/WebAssembly/);
    expect(await page.getByRole("button", { name: "Train", exact: true }).isDisabled()).toBe(true);
  });

  it("where the GPU is lost in mid-training: the run is paused, and goes on on another device", async (context) => {
    const { page } = await openPlayground(browserOf(context), { beforeWorker: REMEMBER });
    await giveSmallImages(page);
    await page.getByLabel("Batch").fill("8");
    await page.getByLabel("Epochs").fill("2000");
    await page.getByText("WebGPU, our own kernels").click();
    await page.getByRole("button", { name: "One step" }).click();
    await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBe(1);
    await phase(page, "Paused");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(1);
    const trainer = page.workers().find((worker) => worker.url().includes("training-worker"));
    await trainer?.evaluate(() => {
      const { openedDevices } = globalThis as unknown as { openedDevices: { destroy(): void }[] };
      for (const device of openedDevices) device.destroy();
    });
    const message = page.locator(".pg-problem");
    await message.waitFor();
    expect(await message.textContent()).toMatch(
      /^The device was lost after step \d+: the run is paused, with its state of step \d+ kept\. Continue on this device or another\./,
    );
    await phase(page, "Paused");
    const kept = await stepOf(page);
    expect(kept).toBeGreaterThan(0);
    await page.getByText("WebAssembly (ONNX Runtime)").click();
    await page.getByRole("button", { name: "Continue" }).click();
    await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThan(kept);
    await page.getByRole("button", { name: "Pause" }).click();
    await phase(page, "Paused");
  });

  it("where the storage is full: the run goes on in memory", async (context) => {
    const { page, server, context: own } = await openPlayground(browserOf(context));
    await giveSmallImages(page);
    await chooseTenSteps(page);
    const devtools = await own.newCDPSession(page);
    const { origin } = new URL(server.url);
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
    await train(page);
    await phase(page, "Finished");
    await page.getByText("The storage of this browser for this page is full: training goes on").waitFor();
    expect(await stepOf(page)).toBe(10);
    // Where there is room again, all of it is kept.
    await devtools.send("Storage.overrideQuotaForOrigin", { origin });
    await page.getByRole("button", { name: "New run" }).click();
    await phase(page, "Finished");
    await page.getByRole("rowheader", { name: "nin-xs" }).first().waitFor();
  });

  it("where a file is broken, or the server of the data is gone", async (context) => {
    const { page } = await openPlayground(browserOf(context));
    const give = (name: string, text: string) =>
      page
        .getByLabel("IDX or CIFAR files, the zip of a run, or weights")
        .setInputFiles([{ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) }]);
    for (const [name, message] of [
      ["train-images-idx3-ubyte.gz", "expected a whole gzip file, found a damaged or truncated one."],
      ["run.zip", "Run.zip is not a whole zip file: expected the download of a run."],
      ["config.json", "expected a JSON object"],
      ["weights.safetensors", "weights.safetensors"],
      ["notes.txt", "expected a folder for each class with images, found none."],
    ] as const) {
      await give(name, "no");
      await page.locator(".pg-problem", { hasText: message }).waitFor();
    }
    // The images of before are still there.
    await page.getByText("6,000 to learn, 1,000 to test").waitFor();

    const sets = { "fashion-mnist": ["train-images-idx3-ubyte.gz"] };
    await page.route("**/data/index.json", (route) => route.fulfill({ json: { sets } }));
    await page.route("**/data/fashion-mnist/**", (route) => route.abort());
    await page.reload();
    await page
      .getByText("The server of this page does not answer: start nin playground again, or use the shapes.")
      .waitFor();
    // The shapes are drawn without a server.
    await page.getByText("6,000 to learn, 1,000 to test").waitFor();
  });
});
