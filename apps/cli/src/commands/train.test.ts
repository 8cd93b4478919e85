import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mostThreads } from "@nin/files";
import { builtinRecipe, parseArchitecture } from "@nin/spec";
import { inNewFolder, namesBelow, readJsonLines, smallNinJson } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { version } from "../process/versions.js";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";
import { expectRefusal } from "../testing/refusal.js";
import { expectSameRun, readRun } from "../testing/run-folder.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();

/** Four steps an epoch. */
function train(...flags: readonly string[]): readonly string[] {
  return ["train", inputs.model, "--data", inputs.data, "--batch-size", "16", "--log-every", "1", ...flags];
}
const EIGHT_STEPS = [
  "--recipe",
  "robust",
  "--batch-size",
  "16",
  "--epochs",
  "2",
  "--log-every",
  "3",
  "--checkpoint-every",
  "3",
];
const ON_REFERENCE = ["--backend", "reference"];

describe("train", () => {
  it("leaves a run folder, and prints its progress on stdout", () =>
    inNewFolder(async (cwd) => {
      const flags = [...EIGHT_STEPS, "--threads", "1", "--seed", "7", "--lr", "0.002", "--eval-limit", "20"];
      const { status, stdout, stderr } = await nin(train(...flags, "--limit", "50", "--out", "a/run"), {
        cwd,
      });
      expect([status, stderr]).toEqual([0, ""]);
      const run = join(cwd, "a", "run");
      expect(await namesBelow(run)).toEqual([
        "checkpoints/",
        "checkpoints/6/",
        "checkpoints/6/optimizer.safetensors",
        "checkpoints/6/state.json",
        "checkpoints/6/weights.safetensors",
        "checkpoints/8/",
        "checkpoints/8/optimizer.safetensors",
        "checkpoints/8/state.json",
        "checkpoints/8/weights.safetensors",
        "checkpoints/latest",
        "config.json",
        "metrics.jsonl",
        "report.html",
      ]);
      await expectConfig(run);
      await expectMetrics(run);
      expect(stdout).toMatch(/\nStep \d\/8, epoch [12]\/2: loss \d\.\d{4}, [\d,]+ images\/s, \d+s left\n/);
      const images = `(50 training and 20 test images), recipe robust, 2 epochs, onnxruntime cpu`;
      expect(stdout.split("\n")[0]).toBe(`Training small on ${inputs.data} ${images}`);
      expect(stdout).toMatch(/\nEpoch 2\/2: train loss \d.+, test accuracy \d+\.\d\d%, /);
      expect(stdout).toContain("\nCheckpoint saved after step 8\nDone: 8 steps in ");
      expect(stdout.endsWith("\nRun:    a/run\nReport: a/run/report.html\n")).toBe(true);
    }));

  it("names a new folder under runs/ by itself, and evaluates nothing with --eval-limit 0", () =>
    inNewFolder(async (cwd) => {
      const flags = [...ON_REFERENCE, "--recipe", "d2l", "--epochs", "1", "--eval-limit", "0"];
      const { stdout, stderr } = await runHere(train(...flags), cwd);
      expect(stderr).toBe("");
      expect(stdout).toContain("(60 training and no test images)");
      const name = /Run: {4}(runs\/small-d2l-\d{8}-\d{6})\n/.exec(stdout)?.[1] ?? "not printed";
      const [epoch] = (await readJsonLines(join(cwd, name, "metrics.jsonl"))).filter(
        ({ kind }) => kind === "epoch",
      );
      expect(epoch).toMatchObject({ testLoss: null, testAccuracy: null, testImages: 0, confusion: null });
      expect(stdout).not.toContain("accuracy");
    }));

  it.each([
    ["reference", ON_REFERENCE],
    ["onnxruntime", ["--threads", "1"]],
  ])("cut by --max-steps and resumed is as if never cut, on %s", (_name, backend) =>
    inNewFolder(async (cwd) => {
      const flags = [...EIGHT_STEPS, ...backend];
      await runHere(train(...flags, "--out", "whole"), cwd);
      const cut = await runHere(train(...flags, "--max-steps", "2", "--out", "cut"), cwd);
      expect(cut.stdout).toContain("Done: 2 steps");
      for (const end of ["6", "100"]) {
        const resumed = await runHere(["train", "--resume", "cut", "--max-steps", end], cwd);
        expect([resumed.status, resumed.stderr]).toEqual([0, ""]);
      }
      // The state differs from another seed's, or equality would say nothing.
      await runHere(train(...flags, "--seed", "1", "--out", "other"), cwd);
      expect((await readRun(join(cwd, "other"))).weights).not.toEqual(
        (await readRun(join(cwd, "cut"))).weights,
      );
      await expectSameRun(join(cwd, "cut"), join(cwd, "whole"));
    }),
  );

  it("is resumed with fewer threads where this machine cannot use so many, and says so", () =>
    inNewFolder(async (cwd) => {
      await runHere(train("--out", "run", "--max-steps", "2", "--threads", "1"), cwd);
      const path = join(cwd, "run", "config.json");
      const config = JSON.parse(await readFile(path, "utf8"));
      await writeFile(path, JSON.stringify({ ...config, threads: 4096 }));
      await withoutHashes(join(cwd, "run", "checkpoints", "2", "state.json"));
      const resumed = await runHere(["train", "--resume", "run", "--max-steps", "3"], cwd);
      const most = mostThreads();
      expect(resumed).toMatchObject({
        status: 0,
        stderr: `Warning: the run started with 4096 threads, and this machine can use ${most}: results will agree only up to rounding\n`,
      });
    }));

  it("says when a resumed run has nothing left to do, and how to go further", () =>
    inNewFolder(async (cwd) => {
      await runHere(train(...ON_REFERENCE, "--epochs", "1", "--max-steps", "3", "--out", "run"), cwd);
      const before = await readRun(join(cwd, "run"));
      const { status, stdout } = await runHere(["train", "--resume", "run"], cwd);
      expect(status).toBe(0);
      expect(stdout).toContain(
        "Nothing to do: the run is finished; to train further: nin train --resume run --max-steps N",
      );
      expect(await readRun(join(cwd, "run"))).toEqual(before);
      await runHere(["train", "--resume", "run", "--max-steps", "9"], cwd);
      const again = await runHere(["train", inputs.model, "--resume", "run"], cwd);
      expect(again.stdout).toContain("Nothing to do: the run is finished\n");
    }));
});

describe("train refuses", () => {
  it("to resume with another architecture or other settings, and to begin where a run is", () =>
    inNewFolder(async (cwd) => {
      await runHere(train(...ON_REFERENCE, "--max-steps", "2", "--out", "run"), cwd);
      const before = await readRun(join(cwd, "run"));
      const [first, ...rest] = smallNinJson.layers;
      const other = { ...smallNinJson, layers: [{ ...first, outChannels: 7 }, ...rest] };
      await writeFile(join(cwd, "other.json"), JSON.stringify(other));
      const mismatch = "the run trains small, which is not the given architecture small";
      expectRefusal(await nin(["train", "other.json", "--resume", "run"], { cwd }), mismatch);
      expectRefusal(await runHere(["train", "nin", "--resume", "run"], cwd), "given architecture nin");
      for (const flag of [
        "--lr",
        "--epochs",
        "--seed",
        "--batch-size",
        "--limit",
        "--threads",
        "--eval-limit",
      ]) {
        const given = ["train", "--resume", "run", flag, "3"];
        expectRefusal(await runHere(given, cwd), `${flag} cannot be combined with --resume`);
      }
      for (const [flag, value] of [
        ["--backend", "reference"],
        ["--out", "x"],
        ["--recipe", "d2l"],
      ] as const) {
        const given = ["train", "--resume", "run", flag, value];
        expectRefusal(await runHere(given, cwd), `${flag} cannot be combined with --resume`);
      }
      expectRefusal(await runHere(train("--out", "run"), cwd), "this folder already contains a run");
      expect(await readRun(join(cwd, "run"))).toEqual(before);
    }));

  it("to resume what is no run, or one whose checkpoints are damaged", () =>
    inNewFolder(async (cwd) => {
      expectRefusal(await runHere(["train", "--resume", "."], cwd), "found no config.json there");
      await runHere(train(...ON_REFERENCE, "--max-steps", "1", "--out", "run"), cwd);
      await writeFile(join(cwd, "run/checkpoints/1/weights.safetensors"), "damaged");
      expectRefusal(await nin(["train", "--resume", "run"], { cwd }), "no checkpoint is whole");
    }));
});

describe("a value that is not finite", () => {
  it.each([ON_REFERENCE, ["--threads", "1"]])("stops the training with status 1: %s %s", (...backend) =>
    inNewFolder(async (cwd) => {
      const flags = [
        "--recipe",
        "d2l",
        "--lr",
        "1e30",
        "--checkpoint-every",
        "1",
        ...backend,
        "--out",
        "run",
      ];
      const { status, stderr } = await nin(train(...flags), { cwd });
      expect(stderr).toMatch(
        /^Warning: the loss is no longer a finite number: the learning rate of 1e\+30 is probably too high\. [^\n]+\nnin: training stopped: the loss of step \d is (NaN|Infinity), expected a finite number; the checkpoint of step \d is kept\. [^\n]+\n$/,
      );
      expect(status).toBe(1);
      const step = Number(/the loss of step (\d)/.exec(stderr)?.[1]);
      const { latest, names } = await readRun(join(cwd, "run"));
      expect(Number(latest)).toBe(step - 1);
      expect(names.filter((name) => /part|lock/.test(name))).toEqual([]);
      expect(await readFile(join(cwd, "run", "report.html"), "utf8")).toContain("</html>");
      const evaluated = await runHere(["evaluate", "run", ...backend], cwd);
      expect(evaluated.stderr).toBe("");
    }),
  );
});

async function expectConfig(run: string): Promise<void> {
  const config: unknown = JSON.parse(await readFile(join(run, "config.json"), "utf8"));
  const robust = builtinRecipe("robust");
  expect(config).toMatchObject({
    format: "nin-run",
    version: 1,
    architecture: parseArchitecture(smallNinJson),
    recipe: {
      ...robust,
      optimizer: { ...robust.optimizer, learningRate: 0.002 },
      epochs: 2,
      batchSize: 16,
      seed: 7,
      // A tenth of eight steps.
      schedule: { kind: "cosine", warmupSteps: 0 },
      preprocessing: { mean: expect.any(Number), std: expect.any(Number) },
    },
    data: { source: inputs.data, limit: 50, train: { count: 50 }, test: { count: 30 } },
    backend: "onnxruntime",
    device: "cpu",
    precision: "f32",
    threads: 1,
    maxSteps: null,
    logEvery: 3,
    checkpointEvery: 3,
    evalLimit: 20,
    versions: { nin: version, node: process.versions.node, "onnxruntime-node": expect.any(String) },
  });
}

async function expectMetrics(run: string): Promise<void> {
  const lines = await readJsonLines(join(run, "metrics.jsonl"));
  expect(lines.map(({ kind, step, epoch }) => [kind, step, epoch])).toEqual([
    ["step", 3, 1],
    ["epoch", 4, 1],
    ["step", 6, 2],
    ["epoch", 8, 2],
  ]);
  for (const line of lines) {
    if (line.kind === "step") {
      expect(line).toMatchObject({ loss: expect.any(Number), learningRate: expect.any(Number) });
    } else {
      expect(line).toMatchObject({
        trainLoss: expect.any(Number),
        testLoss: expect.any(Number),
        testAccuracy: expect.any(Number),
        testImages: 20,
      });
    }
  }
}

/** Makes of a checkpoint's state one of an earlier version, which has no hash of the configuration nor of itself. */
async function withoutHashes(path: string): Promise<void> {
  const { configSha256, stateSha256, environment, selection, warnings, ...state } = JSON.parse(
    await readFile(path, "utf8"),
  );
  expect([configSha256, stateSha256].every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  await writeFile(path, JSON.stringify(state));
}
