import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { present } from "@nin/spec";
import { beforeAll, describe, expect, it } from "vitest";
import { RunError } from "../node.js";
import type { RunConfig } from "../record/config.js";
import { Died, FailingFileSystem } from "../testing/failing-file-system.js";
import { withoutTimes } from "../testing/memory-recorder.js";
import { inNewFolder, smallConfig, trainSmallRun } from "../testing/small-run.js";
import { smallRecipe } from "../testing/small-training.js";
import { loadWeightsFrom, openRun } from "./read-run.js";
import { createRun, resumeRun } from "./run.js";

/** 40 training images in five steps an epoch; the rate grows until the last epochs are no longer the best. */
const config: RunConfig = {
  ...smallConfig,
  recipe: smallRecipe(
    { learningRate: 0.5 },
    {
      validation: { fraction: 0.2 },
      schedule: { kind: "plateau", factor: 0.9, patience: 0, warmupSteps: 30 },
      earlyStopping: { patience: 2 },
      epochs: 9,
    },
  ),
};

/** What a whole run leaves, times aside. */
async function outcomeOf(folder: string) {
  const { config: _, folder: __, metrics, ...pointers } = await openRun(folder);
  return {
    pointers,
    lines: withoutTimes(await metrics()),
    weights: (await loadWeightsFrom(folder)).parameters,
    best: (await loadWeightsFrom(folder, { checkpoint: "best" })).parameters,
    checkpoints: (await readdir(join(folder, "checkpoints"))).sort(),
  };
}

let whole: Awaited<ReturnType<typeof outcomeOf>>;
let bestStep: number;
let latestStep: number;
let calls = 0;
beforeAll(() =>
  inNewFolder(async (folder) => {
    const counting = new FailingFileSystem(Number.POSITIVE_INFINITY, "before");
    await trainSmallRun(await createRun(join(folder, "run"), config, { files: counting.files }));
    calls = counting.calls.length;
    whole = await outcomeOf(join(folder, "run"));
    [bestStep, latestStep] = [present(whole.pointers.bestStep), present(whole.pointers.latestStep)];
  }),
);

describe("checkpoints/best", () => {
  it("names the checkpoint of the best epoch, which is kept with the last two", () => {
    const epochs = whole.lines.filter((line) => "validationLoss" in line) as {
      step: number;
      validationLoss: number;
    }[];
    const lowest = Math.min(...epochs.map(({ validationLoss }) => validationLoss));
    expect(bestStep).toBe(epochs.find(({ validationLoss }) => validationLoss === lowest)?.step);
    // Early stopping has ended it two epochs after the best.
    expect(latestStep).toBe(bestStep + 10);
    expect(whole.checkpoints).toEqual(
      [`${bestStep}`, `${latestStep}`, `${latestStep - 2}`, "best", "latest"].sort(),
    );
    expect(whole.best).not.toEqual(whole.weights);
  });

  it("is one of three choices of the weights", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, config));
      const steps = [];
      for (const checkpoint of ["latest", "best", bestStep] as const) {
        const { step, file } = await loadWeightsFrom(folder, { checkpoint });
        expect(file).toBe(join(folder, "checkpoints", `${step}`, "weights.safetensors"));
        steps.push(step);
      }
      expect(steps).toEqual([latestStep, bestStep, bestStep]);
      await expect(loadWeightsFrom(folder, { checkpoint: 1 })).rejects.toThrow(
        `${folder}: the run has no checkpoint of step 1; it has those of steps ${bestStep}, `,
      );
      const checkpoint = join(folder, "checkpoints", `${bestStep}`);
      await expect(loadWeightsFrom(checkpoint, { checkpoint: "best" })).rejects.toThrow(
        "expected the folder of a run, of which best checkpoint is to be chosen",
      );
      await writeFile(join(checkpoint, "weights.safetensors"), "");
      await expect(loadWeightsFrom(folder, { checkpoint: "best" })).rejects.toMatchObject({
        code: "NIN_RUN_CORRUPT",
      });
    }));

  it("does not exist without a validation split", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig));
      expect(await readdir(join(folder, "checkpoints"))).not.toContain("best");
      await expect(loadWeightsFrom(folder, { checkpoint: "best" })).rejects.toThrow(
        "the run has no best checkpoint: it is chosen by the validation split, after the first epoch; it has those of steps 6, 7",
      );
    }));

  it("goes back with the run where the newest checkpoint is damaged", () =>
    inNewFolder(async (folder) => {
      // Saved after each epoch, the first of which is the best of two checkpoints each.
      await trainSmallRun(await createRun(folder, { ...config, checkpointEvery: 100 }), 10);
      expect((await openRun(folder)).bestStep).toBe(10);
      await rm(join(folder, "checkpoints/10/weights.safetensors"));
      const run = await resumeRun(folder);
      expect(run.resumeFrom?.state.step).toBe(5);
      expect((await openRun(folder)).bestStep).toBe(5);
      await trainSmallRun(run);
      expect(await outcomeOf(folder)).toMatchObject({ weights: whole.weights, best: whole.best });
    }));

  it("is written again where a process died before it did, and so is latest", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, config));
      for (const name of ["best", "latest"]) await writeFile(join(folder, "checkpoints", name), "5\n");
      await trainSmallRun(await resumeRun(folder));
      expect(await readFile(join(folder, "checkpoints/best"), "utf8")).toBe(`${bestStep}\n`);
      expect(await outcomeOf(folder)).toEqual(whole);
    }));
});

it("a process that dies at any of its calls leaves a run that decides the same", async () => {
  const diesAt = (call: number): Promise<void> =>
    inNewFolder(async (folder) => {
      const path = join(folder, "run");
      const failing = new FailingFileSystem(call, call % 2 === 0 ? "half" : "before");
      const died = await createRun(path, config, { files: failing.files })
        .then(trainSmallRun)
        .catch((error: unknown) => error);
      expect(died, `call ${call}`).toBeInstanceOf(Died);
      await rm(join(path, "lock"), { force: true });
      const run = await resumeRun(path).catch((error: unknown) => {
        if (error instanceof RunError && error.code === "NIN_RUN_MISSING") return createRun(path, config);
        throw error;
      });
      await trainSmallRun(run);
      expect(await outcomeOf(path), `after dying at call ${call}, ${failing.calls.at(-1)}`).toEqual(whole);
    });
  // They wait for the disk most of all.
  await Promise.all(Array.from({ length: Math.ceil(calls / 11) }, (_, index) => diesAt(1 + 11 * index)));
}, 120_000);

it("warnings are cut back with what follows the checkpoint, also those of an evaluation of the same step", () =>
  inNewFolder(async (folder) => {
    await trainSmallRun(await createRun(folder, smallConfig), 6);
    const file = join(folder, "metrics.jsonl");
    const before = await readFile(file, "utf8");
    const warning = (step: number) =>
      `${JSON.stringify({ kind: "warning", code: "plateau", step, detail: "x" })}\n`;
    const step = before.split("\n").at(-2) ?? "";
    const epoch = { ...JSON.parse(step), kind: "epoch", epoch: 1, trainLoss: 1, testLoss: null };
    const rest = { testAccuracy: null, testImages: 0, confusion: null };
    const text = `${warning(0)}${before}${warning(6)}`;
    await writeFile(file, `${text}${JSON.stringify({ ...epoch, ...rest })}\n${warning(6)}${warning(7)}`);
    await (await resumeRun(folder)).dispose();
    expect(await readFile(file, "utf8")).toBe(text);
  }));
