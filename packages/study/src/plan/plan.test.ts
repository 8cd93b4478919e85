import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtinRecipe } from "@nin/spec";
import { inNewFolder, smallNinJson } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import type { StudySettings } from "../format/settings.js";
import { parseStudy } from "../format/study.js";
import { type PlannedRun, planRuns, planStudy, StudyError } from "./plan.js";

const planned = async (runs: readonly StudySettings[], folder = "/nowhere"): Promise<readonly PlannedRun[]> =>
  (await planRuns(parseStudy({ format: "nin-study", version: 1, name: "example", runs }), folder)).runs;
const idsOf = async (...runs: readonly StudySettings[]): Promise<readonly string[]> =>
  (await planned(runs)).map(({ id }) => id);

describe("the id of a run", () => {
  it("is the same in every version", async () => {
    // As `robust` was when these were computed: a recipe that changes is another.
    const before = { "recipe.init.overrides.last.bias": 2 };
    const plain = { model: "nin-mnist", ...before };
    const changed = { model: "nin-mnist?mlpConvs=0", seed: 3, limit: 1000, "recipe.epochs": 2, ...before };
    expect(await idsOf(plain, changed, { model: "nin", recipe: "d2l" })).toEqual([
      "9dc02b865af42730",
      "c835ea1e5bdc6f73",
      "f8a1dc0a4294a5f6",
    ]);
  });

  it("is that of the effective settings: defaults, spellings and names change nothing", async () => {
    const [id] = await idsOf({ model: "nin-mnist" });
    const same: readonly StudySettings[] = [
      { model: "nin-mnist", recipe: "robust", data: "fashion-mnist", backend: "onnxruntime", device: "cpu" },
      { model: "nin-mnist", seed: 0, limit: null, threads: null, precision: "f32" },
      { model: "nin-mnist?mlpConvs=2&mlpKernelSize=1" },
      { model: "nin-mnist", "recipe.batchSize": 32 },
    ];
    for (const settings of same) expect(await idsOf(settings)).toEqual([id]);
    expect(await idsOf({ model: "nin-mnist" }, ...same)).toEqual([id]);
  });

  it("is another for everything that changes what is trained", async () => {
    const runs: readonly StudySettings[] = [
      { model: "nin-mnist" },
      { model: "nin-mnist?mlpConvs=1" },
      { model: "nin-mnist", recipe: "d2l" },
      { model: "nin-mnist", seed: 1 },
      { model: "nin-mnist", data: "synthetic" },
      { model: "nin-mnist", data: "photos" },
      { model: "nin-mnist", backend: "reference" },
      { model: "nin-mnist", device: "webgpu" },
      { model: "nin-mnist", precision: "mixed" },
      { model: "nin-mnist", limit: 60_000 },
      { model: "nin-mnist", threads: 2 },
      // Two epochs are what `robust` has on Fashion-MNIST; on few images it would have more.
      { model: "nin-mnist", "recipe.epochs": 2 },
      { model: "nin-mnist", "recipe.optimizer.learningRate": 0.1 },
      { model: "nin-mnist", "recipe.schedule": { kind: "constant", warmupSteps: 200 } },
    ];
    expect(new Set(await idsOf(...runs)).size).toBe(runs.length);
  });

  it("follows the content of a file, not its name", () =>
    inNewFolder(async (folder) => {
      const write = (name: string, json: object) => writeFile(join(folder, name), JSON.stringify(json));
      await write("one.json", smallNinJson);
      await write("same.json", { ...smallNinJson, name: "another name" });
      await write("other.json", { ...smallNinJson, input: { channels: 1, height: 29, width: 29 } });
      await write("recipe.json", builtinRecipe("d2l"));
      const ids = async (settings: StudySettings) => (await planned([settings], folder)).map(({ id }) => id);
      const [one, same, other] = [
        await ids({ model: "one.json" }),
        await ids({ model: "same.json" }),
        await ids({ model: "./other.json" }),
      ];
      expect(same).toEqual(one);
      expect(other).not.toEqual(one);
      expect(await ids({ model: "nin", recipe: "recipe.json" })).toEqual(
        await idsOf({ model: "nin", recipe: "d2l" }),
      );
    }));
});

describe("a planned run", () => {
  it("has every setting, the network, the changed recipe and its counts", async () => {
    const [run] = await planned([
      {
        model: "nin-mnist",
        seed: 4,
        "recipe.optimizer.learningRate": 0.01,
        "recipe.preprocessing": { mean: [0], std: [1] },
      },
    ]);
    expect(run).toMatchObject({
      settings: {
        ...{
          model: "nin-mnist",
          recipe: "robust",
          data: "fashion-mnist",
          backend: "onnxruntime",
          device: "cpu",
        },
        ...{ precision: "f32", limit: null, threads: null, seed: 4, "recipe.optimizer.learningRate": 0.01 },
      },
      architecture: { name: "nin-mnist" },
      recipe: {
        seed: 4,
        optimizer: { kind: "adamw", learningRate: 0.01, beta2: 0.98 },
        preprocessing: { mean: [0] },
      },
      ...{ isSized: true, data: "fashion-mnist", backend: "onnxruntime", device: "cpu", threads: null },
    });
    expect(run?.parameters).toBeGreaterThan(100_000);
    expect(run?.macs).toBeGreaterThan(1_000_000);
    expect(run).not.toHaveProperty("epochs");
  });

  it("keeps to the epochs that are asked for, and to a schedule, as nin train does", async () => {
    const runs = await planned([
      { model: "nin", "recipe.epochs": 7 },
      { model: "nin", "recipe.schedule.warmupSteps": 3 },
      { model: "nin", recipe: "d2l", "recipe.epochs": 7 },
    ]);
    expect(runs.map(({ isSized, epochs }) => [isSized, epochs])).toEqual([
      [true, 7],
      [false, undefined],
      [false, undefined],
    ]);
    expect(runs.map(({ recipe }) => recipe.epochs)).toEqual([7, 2, 7]);
  });

  it("loses a field of the recipe that is set to null, and takes a whole part of it", async () => {
    const [run] = await planned([
      {
        model: "nin",
        recipe: "d2l",
        "recipe.optimizer": { kind: "adamw", learningRate: 0.5, weightDecay: 0.3 },
        "recipe.optimizer.weightDecay": null,
      },
    ]);
    expect(run?.recipe.optimizer).toMatchObject({ kind: "adamw", learningRate: 0.5, weightDecay: 0 });
  });

  it("finds data relative to the study", () =>
    inNewFolder(async (folder) => {
      const runs = await planned(
        [
          { model: "nin", data: "photos" },
          { model: "nin", data: "/photos" },
        ],
        folder,
      );
      expect(runs.map(({ data }) => data)).toEqual([join(folder, "photos"), "/photos"]);
    }));
});

describe("a study that cannot be planned is refused in one line that says where", () => {
  const cases: readonly (readonly [StudySettings, string])[] = [
    [{ model: "nim" }, "study example: model: expected one of nin, nin-mnist"],
    [{ model: "nin?x=1" }, "study example: "],
    [
      { model: "none.json" },
      "study example: architecture none.json: /nowhere/none.json: cannot be read: there is no such file",
    ],
    [{ model: "nin", recipe: "fast" }, "study example: recipe: expected one of d2l, robust, got"],
    [{ model: "nin", recipe: "./none" }, "study example: recipe ./none: /nowhere/none: cannot be read"],
    [
      { model: "nin", "recipe.epochs": 0 },
      "study example: recipe robust: epochs: expected a positive integer, got 0",
    ],
    [{ model: "nin", "recipe.epoch": 1 }, "study example: recipe robust: epoch: unknown field"],
    [
      { model: "nin", "recipe.name.x": 1 },
      "study example: recipe robust: recipe.name.x: expected recipe.name to be an object",
    ],
    [
      { model: "nin", "recipe.epochs": null },
      "study example: recipe robust: epochs: expected a positive integer, got nothing",
    ],
  ];

  it.each(cases)("%j", async (settings, problem) => {
    await expect(planned([settings])).rejects.toMatchObject({
      code: "NIN_STUDY",
      message: expect.stringContaining(problem),
    });
  });

  it("says which file is no study", () =>
    inNewFolder(async (folder) => {
      const path = join(folder, "study.json");
      await expect(planStudy(path)).rejects.toThrow(
        new StudyError(`${path}: cannot be read: there is no such file or folder`),
      );
      await writeFile(path, "{");
      await expect(planStudy(path)).rejects.toMatchObject({ code: "NIN_STUDY" });
      await writeFile(path, JSON.stringify(builtinRecipe("d2l")));
      await expect(planStudy(path)).rejects.toThrow(
        `study ${path}: format: expected "nin-study", got "nin-recipe"`,
      );
    }));
});
