import { useBrowser } from "@nin/headless-chromium";
import { parseSafetensors } from "@nin/safetensors";
import { readModelMetadata } from "@nin/spec";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import {
  chooseTenSteps,
  downloaded,
  giveSmallImages,
  openPlayground,
  phase,
  ready,
  stepOf,
  train,
} from "./testing/opened.js";

const browserOf = useBrowser({ webgpu: true });

describe("a run in the page", { timeout: 120_000 }, () => {
  it("goes on after a reload where it was, bit for bit, and is given as files", async (context) => {
    const { page, complaints } = await openPlayground(browserOf(context));
    await giveSmallImages(page);
    await chooseTenSteps(page);
    await train(page);
    await phase(page, "Finished");
    expect(await stepOf(page)).toBe(10);
    const whole = await downloaded(page, "safetensors");

    await page.getByLabel("Seed").fill("1");
    await page.getByLabel("Seed").press("Tab");
    await page.getByLabel("Seed").fill("");
    await page.getByLabel("Seed").press("Tab");
    for (const step of [1, 2]) {
      await page.getByRole("button", { name: "One step" }).click();
      // All that the controls say, so that a failure shows where the run stands.
      await expect
        .poll(() => page.locator(".pg-controls").textContent(), { timeout: 60_000 })
        .toContain(`Step${step}of 10`);
      await phase(page, "Paused");
    }
    await page.reload();
    await ready(page);
    await page.getByRole("button", { name: /^Open/ }).first().click();
    await phase(page, "Paused");
    expect(await stepOf(page)).toBe(2);
    await page.getByRole("button", { name: "Continue" }).click();
    await phase(page, "Finished");
    const inParts = await downloaded(page, "safetensors");
    expect(inParts.equals(whole)).toBe(true);

    const { tensors, metadata } = parseSafetensors(inParts);
    expect(tensors.has("net.0.0.weight")).toBe(true);
    expect(readModelMetadata(metadata).architecture?.name).toBe("nin-xs");
    const folder = Object.keys(unzipSync(await downloaded(page, "folder")));
    expect(folder.map((path) => path.replace(/^[^/]+\//, "")).sort()).toEqual([
      "checkpoints/10/optimizer.safetensors",
      "checkpoints/10/state.json",
      "checkpoints/10/weights.safetensors",
      "checkpoints/latest",
      "config.json",
      "metrics.jsonl",
    ]);
    expect((await downloaded(page, "onnx")).length).toBeGreaterThan(100_000);

    await page
      .getByRole("button", { name: /^Delete/ })
      .first()
      .click();
    await page.getByRole("button", { name: "Really delete" }).click();
    await expect.poll(() => page.locator(".pg-runs tbody tr").count(), { timeout: 20_000 }).toBe(1);
    expect(complaints).toEqual([]);
  });
});
