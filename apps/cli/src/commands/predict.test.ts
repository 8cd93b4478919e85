import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtinArchitecture } from "@nin/spec";
import { inNewFolder, lacking, namesBelow } from "@nin/test-support";
import { describe, expect, it, test } from "vitest";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";
import { ninBaseInput, ninBaseWeights, readNinBase } from "../testing/nin-base.js";
import { expectClose } from "../testing/numbers.js";
import { expectRefusal } from "../testing/refusal.js";
import { randomBatch, readTensors, writeTensors } from "../testing/safetensors.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();
const IMAGE = [1, 8, 8] as const;
/** The difference between float32 and float64 in one forward pass. */
const TOLERANCE = 2e-5;

/** Writes weights `w` and an input `x` of so many images. */
async function prepare(cwd: string, images: number): Promise<void> {
  await runHere(["init", inputs.model, "--seed", "3", "--output", "w"], cwd);
  await writeTensors(join(cwd, "x"), { input: randomBatch(images, IMAGE).input });
}

async function predict(cwd: string, x: string, y: string, ...flags: readonly string[]): Promise<string> {
  const args = ["predict", inputs.model, "--weights", "w", "--input", x, "--output", y, ...flags];
  const { status, stdout, stderr } = await runHere(args, cwd);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

describe("predict", () => {
  it("gives the scores of more images than a batch holds, the same on each backend", () =>
    inNewFolder(async (cwd) => {
      await prepare(cwd, 131);
      const args = ["predict", inputs.model, "--weights", "w", "--input", "x", "--output", "y"];
      const { status, stdout, stderr } = await nin(args, { cwd });
      expect([status, stdout, stderr]).toEqual([0, "y: logits [131, 10]\n", ""]);
      expect(await namesBelow(cwd)).toEqual(["w", "x", "y"]);
      await predict(cwd, "x", "y64", "--backend", "reference");
      const scores = await readTensors(join(cwd, "y"));
      expect([...scores].map(([name, { shape }]) => [name, shape])).toEqual([["logits", [131, 10]]]);
      expectClose(scores, await readTensors(join(cwd, "y64")), TOLERANCE);
    }));

  it("gives each image the scores it has alone", () =>
    inNewFolder(async (cwd) => {
      await prepare(cwd, 130);
      const { input } = randomBatch(130, IMAGE);
      const last = { shape: [1, ...IMAGE], data: Float32Array.from(input.data.slice(-64), Number) };
      await writeTensors(join(cwd, "x1"), { input: last });
      await predict(cwd, "x", "y", "--backend", "reference");
      await predict(cwd, "x1", "y1", "--backend", "reference");
      const [all, alone] = [await readTensors(join(cwd, "y")), await readTensors(join(cwd, "y1"))];
      expect([...(all.get("logits")?.data ?? [])].slice(-10)).toEqual([...(alone.get("logits")?.data ?? [])]);
    }));

  it("--activations adds every layer's output", () =>
    inNewFolder(async (cwd) => {
      await prepare(cwd, 18);
      await predict(cwd, "x", "y", "--activations");
      await predict(cwd, "x", "y64", "--activations", "--backend", "reference");
      const outputs = await readTensors(join(cwd, "y"));
      expect(Object.fromEntries([...outputs].map(([name, { shape }]) => [name, shape]))).toEqual({
        logits: [18, 10],
        "net.0": [18, 6, 8, 8],
        "net.1": [18, 6, 4, 4],
        "net.2": [18, 6, 4, 4],
        "net.3": [18, 10, 4, 4],
        "net.4": [18, 10, 1, 1],
        "net.5": [18, 10],
      });
      expectClose(outputs, await readTensors(join(cwd, "y64")), TOLERANCE);
      // Dropout does nothing outside training.
      expect(outputs.get("net.2")?.data).toEqual(outputs.get("net.1")?.data);
      expect(outputs.get("net.5")?.data).toEqual(outputs.get("logits")?.data);
    }));

  it("takes a run or a checkpoint instead of a model and its weights, as gradients does", () =>
    inNewFolder(async (cwd) => {
      await prepare(cwd, 2);
      await writeTensors(join(cwd, "labelled"), randomBatch(2, IMAGE));
      const small = ["--batch-size", "8", "--max-steps", "2", "--backend", "reference", "--eval-limit", "0"];
      await runHere(["train", inputs.model, "--data", inputs.data, "--out", "run", ...small], cwd);
      const weights = "run/checkpoints/2/weights.safetensors";
      for (const command of ["predict", "gradients"]) {
        const on = ["--input", "labelled", "--backend", "reference", "--output"];
        const expected = [command, inputs.model, "--weights", weights, ...on, "expected"];
        expect(await runHere(expected, cwd)).toMatchObject({ status: 0, stderr: "" });
        for (const target of ["run", "run/checkpoints/2"]) {
          expect(await runHere([command, target, ...on, "y"], cwd)).toMatchObject({ status: 0, stderr: "" });
          expect(await readTensors(join(cwd, "y"))).toEqual(await readTensors(join(cwd, "expected")));
        }
      }
      const both = await runHere(["predict", "run", "--weights", "w", "--input", "x", "--output", "y"], cwd);
      expectRefusal(both, "run is a folder with weights of its own: omit --weights");
      const absent = await runHere(["predict", "runs/x", "--input", "x", "--output", "y"], cwd);
      expectRefusal(absent, "nin: runs/x: no such file or folder: expected a run, a checkpoint inside one");
      const unknown = await runHere(["predict", "x-run", "--input", "x", "--output", "y"], cwd);
      expectRefusal(unknown, "nin: x-run is not a folder; model: expected one of nin, nin-mnist");
      const none = await runHere(["predict", inputs.model, "--input", "x", "--output", "y"], cwd);
      expectRefusal(none, "is a model: pass its weights with --weights, or pass a run folder");
    }));

  it("says what a file is that is not safetensors", () =>
    inNewFolder(async (cwd) => {
      await prepare(cwd, 1);
      await writeFile(
        join(cwd, "a.png"),
        Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(99)]),
      );
      await writeFile(
        join(cwd, "a.pt"),
        Buffer.concat([Buffer.from("\x80\x02\x8a\n", "latin1"), Buffer.alloc(99)]),
      );
      const model = ["predict", inputs.model, "--output", "y"];
      const image = await runHere([...model, "--weights", "w", "--input", "a.png"], cwd);
      expectRefusal(image, "a.png: expected a safetensors file, got a PNG image");
      const pickle = await runHere([...model, "--weights", "a.pt", "--input", "x"], cwd);
      expectRefusal(pickle, "a.pt: expected a safetensors file, got a pickle");
      expect(pickle.stderr).toContain("from safetensors.torch import save_file");
    }));

  it("ignores labels", () =>
    inNewFolder(async (cwd) => {
      await prepare(cwd, 2);
      await writeTensors(join(cwd, "labelled"), randomBatch(2, IMAGE));
      await predict(cwd, "x", "y", "--backend", "reference");
      await predict(cwd, "labelled", "y2", "--backend", "reference");
      expect(await readTensors(join(cwd, "y2"))).toEqual(await readTensors(join(cwd, "y")));
    }));
});

describe("gradients", () => {
  it("gives the loss and each parameter's gradient, the same on each backend", () =>
    inNewFolder(async (cwd) => {
      await prepare(cwd, 1);
      await writeTensors(join(cwd, "batch"), randomBatch(13, IMAGE));
      const args = ["gradients", inputs.model, "--weights", "w", "--input", "batch", "--output"];
      const { status, stdout, stderr } = await nin([...args, "g"], { cwd });
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^g: loss \d\.\d+, gradients of 12 parameters\n$/);
      await runHere([...args, "g64", "--backend", "reference"], cwd);
      const gradients = await readTensors(join(cwd, "g"));
      expect(gradients.get("loss")?.shape).toEqual([1]);
      const weights = await readTensors(join(cwd, "w"));
      expect([...gradients.keys()].sort()).toEqual(["loss", ...weights.keys()].sort());
      expectClose(gradients, await readTensors(join(cwd, "g64")), TOLERANCE);
    }));
});

test("predict and gradients on the tutorial's network equal PyTorch float64", ({ skip }) =>
  inNewFolder(async (cwd) => {
    const input = ninBaseInput();
    if (input === undefined) return lacking("data", "no Fashion-MNIST (set NIN_DATA_DIR)", skip);
    const expected = readNinBase();
    const labels = { shape: [2], data: BigInt64Array.from(expected.labels, BigInt) };
    await writeTensors(join(cwd, "x"), { input, labels });
    const weights = ninBaseWeights(builtinArchitecture("nin"), expected.seed);
    await writeTensors(join(cwd, "w"), Object.fromEntries(weights));
    const files = ["nin", "--weights", "w", "--input", "x", "--output"];
    await runHere(["predict", ...files, "y"], cwd);
    await runHere(["gradients", ...files, "g"], cwd);

    const logits = { shape: [2, 10], data: Float64Array.from(expected.logits.flat()) };
    expectClose(await readTensors(join(cwd, "y")), new Map([["logits", logits]]), TOLERANCE);
    const gradients = await readTensors(join(cwd, "g"));
    const norms = expected.grads.flatMap(({ dW, db }) => [dW.l2, db.l2]);
    expect(gradients.get("loss")?.data[0]).toBeCloseTo(expected.loss, 5);
    const l2 = ([, { data }]: readonly [string, { readonly data: ArrayLike<number> }]): number =>
      Math.sqrt(Array.from(data).reduce((sum, value) => sum + value ** 2, 0));
    const found = [...gradients].filter(([name]) => name !== "loss").map(l2);
    expect(found).toHaveLength(norms.length);
    found.forEach((norm, index) => {
      expect(norm / (norms[index] ?? Number.NaN)).toBeCloseTo(1, 2);
    });
  }));
