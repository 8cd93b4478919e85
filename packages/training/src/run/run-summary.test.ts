import { appendFile, mkdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { parseRecipe } from "@nin/spec";
import { describe, expect, it } from "vitest";
import type { TrainingEvent } from "../loop/events.js";
import type { EpochMetrics } from "../record/metrics.js";
import { inNewFolder, smallConfig, trainSmallRun } from "../testing/small-run.js";
import { smallData, smallModel } from "../testing/small-training.js";
import { findRuns, listRuns } from "./list-runs.js";
import { createRun, resumeRun } from "./run.js";
import { summarizeRun } from "./run-summary.js";
import { trainRun } from "./train-run.js";

/** Of the machine that is not this one. */
const ELSEWHERE = JSON.stringify({ pid: 1, host: `${hostname()}-2` });
const twoEpochs = { ...smallConfig, recipe: { ...smallConfig.recipe, epochs: 2 } };
const KEYS = [
  ...["run", "model", "recipe", "data", "backend", "device", "status", "epochs", "testAccuracy"],
  ...["testLoss", "validationAccuracy", "imagesPerSecond", "seed"],
];

async function epochsOf(folder: string): Promise<readonly EpochMetrics[]> {
  const lines = (await readFile(join(folder, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "epoch");
}

describe("the summary of a run", () => {
  it("has its settings, and the results of its newest epoch", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, twoEpochs));
      const summary = await summarizeRun(folder);
      const epochs = await epochsOf(folder);
      const rates = epochs.map(({ imagesPerSecond }) => imagesPerSecond);
      expect(Object.keys(summary)).toEqual(KEYS);
      expect(summary).toEqual({
        run: folder,
        model: twoEpochs.architecture.name,
        recipe: twoEpochs.recipe.name,
        data: "synthetic",
        backend: "reference",
        device: "cpu",
        status: "finished",
        epochs: 2,
        testAccuracy: epochs[1]?.testAccuracy,
        testLoss: epochs[1]?.testLoss,
        validationAccuracy: null,
        imagesPerSecond: ((rates[0] ?? 0) + (rates[1] ?? 0)) / 2,
        seed: twoEpochs.recipe.seed,
      });
    }));

  it("has the validation accuracy of a run with a validation split", () =>
    inNewFolder(async (folder) => {
      const recipe = { ...parseRecipe({ ...smallConfig.recipe, validation: { fraction: 0.2 } }) };
      const { preprocessing } = smallConfig.recipe;
      await trainSmallRun(await createRun(folder, { ...smallConfig, recipe: { ...recipe, preprocessing } }));
      const [epoch] = await epochsOf(folder);
      expect((await summarizeRun(folder)).validationAccuracy).toBe(epoch?.validationAccuracy);
      expect(epoch?.validationAccuracy).toEqual(expect.any(Number));
    }));
});

describe("the status of a run", () => {
  const statusOf = async (folder: string): Promise<string> => (await summarizeRun(folder)).status;

  it("is running while its process holds the lock, else interrupted until its last step is done", () =>
    inNewFolder(async (folder) => {
      const run = await createRun(folder, twoEpochs);
      expect(await summarizeRun(folder)).toMatchObject({ status: "running", epochs: 0, testLoss: null });
      await run.dispose();
      expect(await summarizeRun(folder)).toMatchObject({ status: "interrupted", imagesPerSecond: null });
      await trainSmallRun(await resumeRun(folder), 5);
      expect(await summarizeRun(folder)).toMatchObject({
        status: "interrupted",
        epochs: 0,
        imagesPerSecond: expect.any(Number),
      });
      await trainSmallRun(await resumeRun(folder));
      expect(await summarizeRun(folder)).toMatchObject({ status: "finished", epochs: 2 });
    }));

  it("is finished at its own --max-steps, and no longer where it went on beyond that", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, { ...twoEpochs, maxSteps: 5 }));
      expect(await statusOf(folder)).toBe("finished");
      await trainSmallRun(await resumeRun(folder), 6);
      expect(await statusOf(folder)).toBe("interrupted");
    }));

  it("is interrupted where the evaluation at its last step was", () =>
    inNewFolder(async (folder) => {
      const run = await createRun(folder, { ...twoEpochs, maxSteps: 7 });
      const model = await smallModel();
      const controller = new AbortController();
      const onEvent = ({ kind }: TrainingEvent) => kind === "evaluation" && controller.abort();
      await trainRun(run, { model, data: smallData, signal: controller.signal, onEvent });
      await model.dispose();
      await run.dispose();
      expect(await summarizeRun(folder)).toMatchObject({ status: "interrupted", epochs: 0 });
    }));

  it("is finished without checkpoints, where its metrics have the last epoch", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, twoEpochs));
      await rm(join(folder, "checkpoints"), { recursive: true });
      expect(await summarizeRun(folder)).toMatchObject({ status: "finished", epochs: 2 });
      const lines = (await readFile(join(folder, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
      await writeFile(join(folder, "metrics.jsonl"), `${lines.slice(0, -1).join("\n")}\n`);
      expect(await summarizeRun(folder)).toMatchObject({ status: "interrupted", epochs: 1 });
    }));

  it("is that of the newest checkpoint that can be read", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig));
      await writeFile(join(folder, "checkpoints", "7", "state.json"), "{");
      expect(await summarizeRun(folder)).toMatchObject({ status: "interrupted", epochs: 1 });
    }));

  it("is running for a while where another machine holds the lock", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig), 3);
      await writeFile(join(folder, "lock"), ELSEWHERE);
      expect(await statusOf(folder)).toBe("running");
      const longAgo = new Date(Date.now() - 11 * 60_000);
      await utimes(join(folder, "metrics.jsonl"), longAgo, longAgo);
      expect(await statusOf(folder)).toBe("interrupted");
    }));

  it.each([
    [
      "a loss",
      { kind: "warning", code: "divergence", step: 4, detail: "the loss is no longer a finite number: try" },
    ],
    [
      "a logged loss",
      { kind: "step", step: 4, epoch: 1, loss: null, learningRate: 1, imagesPerSecond: 1, elapsedMs: 1 },
    ],
  ])("is failed where %s was not finite", (_name, line) =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig), 3);
      await appendFile(join(folder, "metrics.jsonl"), `${JSON.stringify(line)}\n`);
      expect(await statusOf(folder)).toBe("failed");
    }),
  );

  it("is not failed for a loss that only grew", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig), 3);
      const line = {
        kind: "warning",
        code: "divergence",
        step: 4,
        detail: "the mean loss of the last 50 steps",
      };
      await appendFile(join(folder, "metrics.jsonl"), `${JSON.stringify(line)}\n`);
      expect(await statusOf(folder)).toBe("interrupted");
    }));

  it("is found at the end of long metrics, whatever lines stand there", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, twoEpochs));
      const path = join(folder, "metrics.jsonl");
      const own = await readFile(path, "utf8");
      const [first = ""] = own.split("\n");
      const later = JSON.stringify({ ...JSON.parse(first), step: 20, epoch: 3 });
      await writeFile(path, `not a line\n${own}${`${later}\n`.repeat(2000)}{"kind":"step","st`);
      await rm(join(folder, "checkpoints"), { recursive: true });
      expect(await summarizeRun(folder)).toMatchObject({ status: "finished", epochs: 2 });
    }));
});

describe("the runs below a folder", () => {
  it("are found in folders of folders, and damaged ones do not hide the others", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(join(folder, "b", "c"), smallConfig), 3);
      await trainSmallRun(await createRun(join(folder, "a"), smallConfig), 3);
      for (const name of ["broken", "other/app", ".hidden", "node_modules", "empty"]) {
        await mkdir(join(folder, name), { recursive: true });
      }
      await writeFile(join(folder, "broken", "config.json"), "{");
      await writeFile(join(folder, "broken", "metrics.jsonl"), "");
      for (const name of [".", "other/app", ".hidden", "node_modules"]) {
        await writeFile(join(folder, name, "config.json"), "{}");
      }
      for (const name of [".hidden", "node_modules"])
        await writeFile(join(folder, name, "metrics.jsonl"), "");
      const { runs, damaged } = await listRuns(folder);
      expect(runs.map(({ run, status }) => [run, status])).toEqual([
        [join(folder, "a"), "interrupted"],
        [join(folder, "b", "c"), "interrupted"],
      ]);
      expect(damaged).toEqual([
        {
          run: join(folder, "broken"),
          problem: expect.stringContaining(
            `${join(folder, "broken", "config.json")}: damaged: expected a JSON object`,
          ),
        },
      ]);
      expect((await listRuns(join(folder, "a"))).runs).toHaveLength(1);
    }));

  it("may be none, but not of a folder that does not exist", () =>
    inNewFolder(async (folder) => {
      expect(await listRuns(folder)).toEqual({ runs: [], damaged: [] });
      const missing = join(folder, "nowhere");
      await expect(findRuns(missing)).rejects.toThrow(`${missing}: there is no such folder`);
    }));
});
