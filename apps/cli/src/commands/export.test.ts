import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { disableTelemetry } from "@nin/backend-onnxruntime/node";
import { inNewFolder, namesBelow } from "@nin/test-support";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";
import { expectClose } from "../testing/numbers.js";
import { expectRefusal } from "../testing/refusal.js";
import { randomBatch, readTensors, writeTensors } from "../testing/safetensors.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();

/** A trained network: four steps, in `run`. */
async function trainIn(cwd: string, backend: string): Promise<void> {
  const flags = ["--batch-size", "16", "--max-steps", "4", "--checkpoint-every", "2", "--backend", backend];
  await runHere(["train", inputs.model, "--data", inputs.data, ...flags, "--out", "run"], cwd);
}

describe("export", () => {
  it("to ONNX gives a model that predicts as predict does, at any batch size", () =>
    inNewFolder(async (cwd) => {
      await trainIn(cwd, "onnxruntime");
      const { status, stdout, stderr } = await nin(
        ["export", "run", "--format", "onnx", "--output", "m.onnx"],
        { cwd },
      );
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^m\.onnx: ONNX model small, [\d.]+ kB, input -> logits\n$/);
      expect((await namesBelow(cwd)).filter((name) => !name.startsWith("run/"))).toEqual(["m.onnx"]);
      await disableTelemetry();
      const session = await InferenceSession.create(join(cwd, "m.onnx"));
      for (const images of [1, 5]) {
        const { input } = randomBatch(images, [1, 8, 8]);
        await writeTensors(join(cwd, "x"), { input });
        const weights = ["--weights", "run/checkpoints/4/weights.safetensors"];
        await runHere(["predict", inputs.model, ...weights, "--input", "x", "--output", "y"], cwd);
        const feeds = { input: new Tensor("float32", Float32Array.from(input.data, Number), input.shape) };
        const { logits } = await session.run(feeds);
        const data = Float32Array.from(logits?.data as Float32Array);
        const found = new Map([["logits", { shape: [...(logits?.dims ?? [])], data }]]);
        expectClose(found, await readTensors(join(cwd, "y")), 1e-6);
      }
      await session.release();
    }));

  it.each(["reference", "onnxruntime"])("to safetensors gives the checkpoint's weights, of %s", (backend) =>
    inNewFolder(async (cwd) => {
      await trainIn(cwd, backend);
      for (const [folder, step] of [
        ["run", 4],
        ["run/checkpoints/2", 2],
      ] as const) {
        const { status, stdout, stderr } = await runHere(
          ["export", folder, "--format", "safetensors", "--output", "w"],
          cwd,
        );
        expect([status, stdout, stderr]).toEqual([0, "w: 12 tensors\n", ""]);
        const stored = await readFile(join(cwd, `run/checkpoints/${step}/weights.safetensors`));
        expect((await readFile(join(cwd, "w"))).equals(stored)).toBe(true);
      }
    }),
  );

  it("to TensorFlow.js gives a folder whose weights predict take, bit for bit", () =>
    inNewFolder(async (cwd) => {
      await trainIn(cwd, "onnxruntime");
      const { status, stdout, stderr } = await runHere(
        ["export", "run", "--format", "tfjs", "--output", "m"],
        cwd,
      );
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^m: TensorFlow\.js layers model small, [\d.]+ kB, NHWC -> logits\n$/);
      expect(await namesBelow(join(cwd, "m"))).toEqual(["model.json", "weights.bin"]);
      await writeTensors(join(cwd, "x"), { input: randomBatch(3, [1, 8, 8]).input });
      for (const [weights, output] of [
        ["run/checkpoints/4/weights.safetensors", "expected"],
        ["m/model.json", "found"],
      ] as const) {
        const files = ["--weights", weights, "--input", "x", "--output", output];
        expect((await runHere(["predict", inputs.model, ...files], cwd)).status).toBe(0);
      }
      expect((await readFile(join(cwd, "found"))).equals(await readFile(join(cwd, "expected")))).toBe(true);
    }));

  it("is refused plainly for what is no run, and weights for what is no model", () =>
    inNewFolder(async (cwd) => {
      const missing = await runHere(["export", "run", "--format", "onnx", "--output", "m"], cwd);
      expectRefusal(missing, "run: cannot be read: there is no such file or folder");
      const empty = await runHere(["export", ".", "--format", "safetensors", "--output", "m"], cwd);
      expectRefusal(empty, "expected the folder of a run or of a checkpoint");
      await writeTensors(join(cwd, "x"), { input: randomBatch(1, [1, 8, 8]).input });
      const predict = ["predict", inputs.model, "--input", "x", "--output", "y", "--weights"];
      expectRefusal(
        await runHere([...predict, "m.json"], cwd),
        "m.json: cannot be read: there is no such file",
      );
      await writeFile(join(cwd, "m.json"), "{}");
      expectRefusal(await runHere([...predict, "m.json"], cwd), "expected a layers model of TensorFlow.js");
    }));
});
