import { appendFile, chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { syntheticDataset } from "@nin/data";
import { writeSafetensors } from "@nin/safetensors/node";
import { builtinArchitecture } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { inNewFolder, smallConfig, trainSmallRun } from "../testing/small-run.js";
import { smallArchitecture, smallData, smallModel } from "../testing/small-training.js";
import { loadWeightsFrom, openRun } from "./read-run.js";
import { createRun, resumeRun } from "./run.js";
import { trainRun } from "./train-run.js";

describe("a run folder", () => {
  it("holds config, metrics and the last two checkpoints, and nothing else", () =>
    inNewFolder(async (folder) => {
      const path = join(folder, "a", "run");
      await trainSmallRun(await createRun(path, smallConfig));
      expect((await readdir(path)).sort()).toEqual(["checkpoints", "config.json", "metrics.jsonl"]);
      expect((await readdir(join(path, "checkpoints"))).sort()).toEqual(["6", "7", "latest"]);
      expect(await readFile(join(path, "checkpoints", "latest"), "utf8")).toBe("7\n");
      const reader = await openRun(path);
      expect(reader.config).toEqual(smallConfig);
      expect(reader.latestStep).toBe(7);
      const state = JSON.parse(await readFile(join(path, "checkpoints/7/state.json"), "utf8"));
      expect(state).toMatchObject({ format: "nin-checkpoint", step: 7, epoch: 1, position: 0 });
      expect(state.epochs).toHaveLength(1);
    }));

  it("is not used twice, nor by two processes at once", () =>
    inNewFolder(async (folder) => {
      const run = await createRun(folder, smallConfig);
      await expect(createRun(folder, smallConfig)).rejects.toThrow(
        `process ${process.pid} on ${hostname()} is training`,
      );
      await expect(resumeRun(folder)).rejects.toMatchObject({ code: "NIN_RUN_LOCKED" });
      await run.dispose();
      await run.dispose();
      await expect(createRun(folder, smallConfig)).rejects.toMatchObject({ code: "NIN_RUN_EXISTS" });
    }));

  it.each([
    ["a process that has ended", JSON.stringify({ pid: 2 ** 22 - 1, host: hostname() })],
    [
      "an earlier process of this number",
      JSON.stringify({ pid: process.pid, host: hostname(), startedAt: "then:1" }),
    ],
    ["a process cut off while it wrote", '{"pid":12'],
  ])("is not held by the lock of %s", (_name, lock) =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig), 3);
      await writeFile(join(folder, "lock"), lock);
      const run = await resumeRun(folder);
      expect(run.resumeFrom?.state.step).toBe(3);
      await run.dispose();
      expect(await readdir(folder)).not.toContain("lock");
    }),
  );

  it.skipIf(process.getuid?.() === 0)("that cannot be written is named [needs a user other than root]", () =>
    inNewFolder(async (folder) => {
      await chmod(folder, 0o500);
      await expect(createRun(join(folder, "run"), smallConfig)).rejects.toThrow(
        "cannot be written: permission denied",
      );
    }),
  );

  it.skipIf(process.platform !== "linux")(
    "that no folder would hold is named [needs Linux's /proc]",
    async () => {
      await expect(createRun("/proc/nin/run", smallConfig)).rejects.toThrow(
        "cannot be written: there is no such file",
      );
    },
  );

  it("cannot be a file, nor lie in one", () =>
    inNewFolder(async (folder) => {
      const file = join(folder, "file");
      await writeFile(file, "");
      await expect(createRun(file, smallConfig)).rejects.toThrow(
        `${file}: cannot be written: there is a file`,
      );
      await expect(createRun(join(file, "run"), smallConfig)).rejects.toThrow(
        "part of the path is not a folder",
      );
    }));
});

it("has metrics.jsonl before anything is logged, also where a run died before it was made", () =>
  inNewFolder(async (folder) => {
    await (await createRun(folder, smallConfig)).dispose();
    const metrics = join(folder, "metrics.jsonl");
    expect(await readFile(metrics, "utf8")).toBe("");
    await rm(metrics);
    await (await resumeRun(folder)).dispose();
    expect(await readFile(metrics, "utf8")).toBe("");
  }));

describe("resuming", () => {
  it("cuts metrics back to the checkpoint, a torn line too", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig), 6);
      const metrics = join(folder, "metrics.jsonl");
      const before = await readFile(metrics, "utf8");
      await appendFile(metrics, '{"kind":"step","step":8,"loss":1}\n{"kind":"step","st');
      await (await resumeRun(folder)).dispose();
      expect(await readFile(metrics, "utf8")).toBe(before);
    }));

  it.each(["weights.safetensors", "optimizer.safetensors", "state.json"])(
    "passes over a checkpoint whose %s is damaged, with a warning",
    (name) =>
      inNewFolder(async (folder) => {
        await trainSmallRun(await createRun(folder, smallConfig));
        const file = join(folder, "checkpoints", "7", name);
        const bytes = await readFile(file);
        await writeFile(file, bytes.subarray(0, bytes.length - 9));
        const run = await resumeRun(folder);
        expect(run.resumeFrom?.state.step).toBe(6);
        expect(run.warnings).toHaveLength(1);
        expect(run.warnings[0]).toContain(`skipped a damaged checkpoint: ${file}`);
        await trainSmallRun(run);
        expect((await openRun(folder)).latestStep).toBe(7);
      }),
  );

  it("says so when no checkpoint is whole", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig), 3);
      await writeFile(join(folder, "checkpoints", "3", "weights.safetensors"), "");
      await expect(resumeRun(folder)).rejects.toThrow("no checkpoint is whole");
      expect(await readdir(folder)).not.toContain("lock");
    }));

  it("refuses another architecture, other data and a folder without a run", () =>
    inNewFolder(async (folder) => {
      await expect(resumeRun(folder)).rejects.toThrow(
        "expected the folder of a run, found no config.json there",
      );
      await trainSmallRun(await createRun(folder, smallConfig), 3);
      const architecture = builtinArchitecture("nin-mnist");
      await expect(resumeRun(folder, { architecture })).rejects.toThrow(
        "the run trains small, which is not the given architecture nin-mnist",
      );
      const run = await resumeRun(folder, { architecture: { ...smallArchitecture, name: "renamed" } });
      const model = await smallModel();
      const other = { ...smallData, test: syntheticDataset({ size: 8, train: 1, test: 21 }).test };
      await expect(trainRun(run, { model, data: other })).rejects.toThrow(
        "the test data of synthetic are not those that the run started with: expected 20 images",
      );
      await run.dispose();
      await model.dispose();
    }));

  it.each([
    ["no JSON", "{", "damaged: expected a JSON object"],
    ["another format", '{"format":"x"}', "expected format nin-run, version 1"],
    ["another version", '{"format":"nin-run","version":2}', "expected format nin-run, version 1"],
    [
      "a wrong architecture",
      JSON.stringify({
        format: "nin-run",
        version: 1,
        ...smallConfig,
        architecture: { ...smallArchitecture, layers: [] },
      }),
      "layers: expected at least one layer, got []",
    ],
    [
      "a wrong number",
      JSON.stringify({ format: "nin-run", version: 1, ...smallConfig, logEvery: 0 }),
      "expected logEvery: an integer of at least 1",
    ],
    [
      "no interval of logging",
      JSON.stringify({ format: "nin-run", version: 1, ...smallConfig, logEvery: null }),
      "expected logEvery: an integer of at least 1",
    ],
    [
      "no number of images",
      JSON.stringify({
        format: "nin-run",
        version: 1,
        ...smallConfig,
        data: { ...smallConfig.data, train: { ...smallConfig.data.train, count: null } },
      }),
      "expected data.train.count: an integer of at least 1",
    ],
  ])("refuses a config with %s", (_name, text, message) =>
    inNewFolder(async (folder) => {
      await writeFile(join(folder, "config.json"), text);
      await expect(resumeRun(folder)).rejects.toThrow(message);
    }),
  );
});

describe("weights", () => {
  it("are found in a run, a checkpoint and a file", () =>
    inNewFolder(async (folder) => {
      const path = join(folder, "run");
      await trainSmallRun(await createRun(path, smallConfig));
      const run = await loadWeightsFrom(path);
      expect(run).toMatchObject({ step: 7, config: { backend: "reference" }, warnings: [] });
      const checkpoint = await loadWeightsFrom(join(path, "checkpoints", "6"));
      expect(checkpoint).toMatchObject({ step: 6, config: { backend: "reference" } });
      expect(checkpoint.parameters).not.toEqual(run.parameters);
      const file = join(folder, "w.safetensors");
      await writeSafetensors(file, run.parameters);
      expect(await loadWeightsFrom(file)).toEqual({ file, parameters: run.parameters, warnings: [] });
    }));

  it("are not found elsewhere, and it is said why", () =>
    inNewFolder(async (folder) => {
      await expect(loadWeightsFrom(folder)).rejects.toThrow(
        "expected the folder of a run or of a checkpoint",
      );
      await expect(loadWeightsFrom(join(folder, "no"))).rejects.toThrow(
        "cannot be read: there is no such file",
      );
      await (await createRun(join(folder, "new"), smallConfig)).dispose();
      await expect(loadWeightsFrom(join(folder, "new"))).rejects.toThrow("the run has no checkpoint yet");
    }));
});
