import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { inNewFolder, namesBelow } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { nin } from "../testing/nin.js";

describe("start", () => {
  it("without data and network says that it trains on a synthetic data set, and shows the whole way", () =>
    inNewFolder(async (cwd) => {
      await mkdir(join(cwd, "empty"));
      const args = ["start", "--max-steps", "3", "--seed", "5", "--out", "run"];
      const { status, stdout, stderr } = await nin(args, { cwd, env: { NIN_DATA_DIR: join(cwd, "empty") } });
      expect([status, stderr]).toEqual([0, ""]);
      expectInOrder(stdout, [
        "Backends on this machine\n",
        "  onnxruntime: ",
        "    yes  cpu ",
        "The tutorial's network, 1x224x224, as built by onnxruntime on cpu\n",
        "  net.0  ninBlock         1 x 96 x 54 x 54       30,336   87,619,968 ",
        "  net.9  flatten          1 x 10 ",
        "  parameters   1,992,166 (7.97 MB in f32)\n",
        "Fashion-MNIST is not available here: ",
        "Training on a synthetic data set instead: ten classes of shapes",
        "Training nin-mnist on synthetic (6,000 training and 1,000 test images), recipe robust, ",
        "Step 3/3, epoch 1/",
        "Checkpoint saved after step 3\n",
        "Done: 3 steps in ",
        "Run:    run\n",
        "Report: run/report.html\n",
        "Next steps:\n",
        "  nin evaluate run\n",
        "  nin export run --format onnx --output nin-mnist.onnx\n",
        "  nin train nin --recipe d2l --max-steps 20 --data synthetic\n",
      ]);
      const names = await namesBelow(cwd);
      expect(names).toContain("run/checkpoints/3/weights.safetensors");
      const config = JSON.parse(await readFile(join(cwd, "run/config.json"), "utf8"));
      expect(config).toMatchObject({
        data: { source: "synthetic" },
        recipe: { name: "robust", seed: 5 },
        maxSteps: 3,
      });
      expectSelfContained(await readFile(join(cwd, "run/report.html"), "utf8"));
    }));
});

/** Fails unless the texts stand in another, each after the one before. */
function expectInOrder(whole: string, texts: readonly string[]): void {
  let position = 0;
  for (const text of texts) {
    const found = whole.indexOf(text, position);
    expect(
      found,
      `${JSON.stringify(text)} after ${JSON.stringify(whole.slice(Math.max(0, position - 80), position))}`,
    ).toBeGreaterThanOrEqual(0);
    position = found + text.length;
  }
}

/** Nothing is fetched: no address but those of links that a reader may follow. */
function expectSelfContained(page: string): void {
  expect(page).toMatch(/^<!doctype html>/i);
  expect(page).toContain("</html>");
  expect(page).not.toMatch(/<(script|img|link|iframe)[^>]+(src|href)="(?!data:)/i);
  expect(page).not.toMatch(/url\((?!["']?data:)|@import|\bfetch\(|import\(/);
}
