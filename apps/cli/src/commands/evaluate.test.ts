import { cp } from "node:fs/promises";
import { join } from "node:path";
import { inNewFolder, readJsonLines } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";
import { expectRefusal } from "../testing/refusal.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();

/** Nine steps, the last epoch's evaluation on all test images; its folder is `run`. */
async function trainIn(cwd: string): Promise<{ readonly loss: number; readonly accuracy: number }> {
  const flags = [
    "--recipe",
    "robust",
    "--epochs",
    "3",
    "--batch-size",
    "20",
    "--lr",
    "0.05",
    "--threads",
    "1",
  ];
  await runHere(
    ["train", inputs.model, "--data", inputs.data, ...flags, "--checkpoint-every", "2", "--out", "run"],
    cwd,
  );
  const last = (await readJsonLines(join(cwd, "run", "metrics.jsonl"))).at(-1);
  return { loss: Number(last?.testLoss), accuracy: Number(last?.testAccuracy) };
}

describe("evaluate", () => {
  it("gives for a run, a checkpoint and a weights file what the run's own evaluation gave", () =>
    inNewFolder(async (cwd) => {
      const { loss, accuracy } = await trainIn(cwd);
      const ended = await nin(["evaluate", "run", "--json", "--threads", "1"], { cwd });
      expect([ended.status, ended.stderr]).toEqual([0, ""]);
      const result = JSON.parse(ended.stdout);
      expect(Object.keys(result)).toEqual(["images", "loss", "accuracy"]);
      expect(result).toEqual({ images: 30, loss: expect.closeTo(loss, 6), accuracy });

      const evaluate = async (...args: readonly string[]): Promise<unknown> =>
        JSON.parse((await runHere(["evaluate", ...args, "--json"], cwd)).stdout);
      const same = { images: 30, loss: expect.closeTo(loss, 5), accuracy };
      const weights = ["--weights", "run/checkpoints/9/weights.safetensors", "--data", inputs.data];
      const model = [inputs.model, ...weights];
      expect(await evaluate("run/checkpoints/9")).toEqual(same);
      expect(await evaluate(...model, "--recipe", "robust")).toEqual(same);
      expect(await evaluate("run", "--backend", "reference")).toEqual(same);
      expect(await evaluate("run/checkpoints/8")).not.toEqual(same);
      // The file says itself how its images were normalized.
      expect(await evaluate(...model)).toEqual(same);
      expect(await evaluate("run/checkpoints/9/weights.safetensors", ...weights.slice(2))).toEqual(same);
      // Another recipe's preprocessing gives other numbers.
      expect(await evaluate(...model, "--recipe", "d2l")).not.toEqual(same);
      expect(await evaluate("run", "--limit", "7")).toMatchObject({ images: 7 });
    }));

  it("prints one line", () =>
    inNewFolder(async (cwd) => {
      const weights = ["--weights", join(cwd, "w"), "--data", inputs.data, "--backend", "reference"];
      await runHere(["init", inputs.model, "--output", "w"], cwd);
      const unknown = await runHere(["evaluate", inputs.model, ...weights], cwd);
      expectRefusal(unknown, "does not say how images are normalized (nin.mean and nin.std in its metadata)");
      const recipe = ["--recipe", "d2l"];
      const { stdout, stderr } = await runHere(["evaluate", inputs.model, ...weights, ...recipe], cwd);
      expect(stderr).toBe("");
      expect(stdout).toMatch(/^30 images: loss \d\.\d{4}, accuracy \d+\.\d\d% \(\d+ correct\)\n$/);
    }));

  it("refuses what has no architecture, and weights given twice", () =>
    inNewFolder(async (cwd) => {
      await runHere(
        [
          "train",
          inputs.model,
          "--data",
          inputs.data,
          "--max-steps",
          "1",
          "--backend",
          "reference",
          "--out",
          "run",
        ],
        cwd,
      );
      await cp(join(cwd, "run/checkpoints/1"), join(cwd, "moved"), { recursive: true });
      const alone = "expected a run, or a checkpoint inside one; this folder has no architecture";
      expectRefusal(await runHere(["evaluate", "moved"], cwd), alone);
      expectRefusal(await runHere(["evaluate", "run", "--weights", "w"], cwd), "omit --weights");
      expectRefusal(await runHere(["evaluate", "."], cwd), "expected the folder of a run or of a checkpoint");
      expectRefusal(await runHere(["evaluate", "missing"], cwd), "model: expected one of nin");
    }));
});
