import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtinRecipe } from "@nin/spec";
import { inNewFolder, namesBelow, readJsonLines } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";
import { expectRefusal } from "../testing/refusal.js";
import { expectSameRun } from "../testing/run-folder.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();
const REFERENCE = ["--backend", "reference"] as const;

function train(...flags: readonly string[]): readonly string[] {
  return ["train", inputs.model, "--data", inputs.data, "--batch-size", "16", ...REFERENCE, ...flags];
}

/** 48 training and 12 validation images: three steps an epoch, with a rate at which next to nothing improves. */
const SELECTED = ["--validation-fraction", "0.2", "--early-stopping", "2", "--epochs", "9", "--lr", "1e-9"];

describe("robust", () => {
  it("is the default recipe, suited to the data, and to --epochs", () =>
    inNewFolder(async (cwd) => {
      const configOf = async (...flags: readonly string[]) => {
        await runHere(
          train("--max-steps", "1", "--eval-limit", "0", "--out", flags.join("") || "run", ...flags),
          cwd,
        );
        return JSON.parse(await readFile(join(cwd, flags.join("") || "run", "config.json"), "utf8"));
      };
      // Four steps an epoch.
      const { recipe } = await configOf();
      expect(recipe).toMatchObject({ name: "robust", epochs: 500, schedule: { warmupSteps: 200 } });
      expect(recipe.preprocessing).toEqual({ mean: expect.any(Number), std: expect.any(Number) });
      // Three steps an epoch, without the validation images.
      expect((await configOf("--validation-fraction", "0.2")).recipe.epochs).toBe(667);
      expect((await configOf("--epochs", "5")).recipe).toMatchObject({
        epochs: 5,
        schedule: { warmupSteps: 2 },
      });
      expect((await configOf("--recipe", "d2l")).recipe).toEqual({ ...builtinRecipe("d2l"), batchSize: 16 });
    }));

  it("in a file keeps its own epochs and warm-up, which may be too long", () =>
    inNewFolder(async (cwd) => {
      await writeFile(join(cwd, "my.json"), JSON.stringify({ ...builtinRecipe("robust"), epochs: 1 }));
      const { stderr } = await runHere(train("--recipe", "./my.json", "--out", "run"), cwd);
      expect(stderr).toMatch(/^Warning: the warm-up of 200 steps takes all 4 steps of the run, /);
      const [warning] = await readJsonLines(join(cwd, "run", "metrics.jsonl"));
      expect(warning).toMatchObject({ kind: "warning", code: "long-warmup", step: 0 });
      const page = await readFile(join(cwd, "run", "report.html"), "utf8");
      expect(page).toContain(
        "<strong>The warm-up is too long</strong> (before the first step): the warm-up of 200",
      );
    }));
});

describe("a validation split", () => {
  it("ends the run early, keeps the best checkpoint, and says so", () =>
    inNewFolder(async (cwd) => {
      const { status, stdout, stderr } = await runHere(train(...SELECTED, "--out", "run"), cwd);
      expect(status).toBe(0);
      expect(stderr).toMatch(/^Warning: the 12 validation images have none of 3 of 10 classes [^\n]+\n$/);
      expect(stdout).toContain("(48 training, 12 validation and 30 test images), recipe robust, 9 epochs");
      expect(stdout).toMatch(
        /\nEpoch 1\/9: train loss [\d.]+, validation loss [\d.]+, validation accuracy [\d.]+%, test loss/,
      );
      expect(stdout).toMatch(/\nStopped early after \d epochs: later ones no longer improved\nDone: /);
      const best = Number(await readFile(join(cwd, "run/checkpoints/best"), "utf8"));
      const latest = Number(await readFile(join(cwd, "run/checkpoints/latest"), "utf8"));
      expect(latest - best).toBe(6);
      expect(stdout).toMatch(
        /\nBest: {3}epoch \d, validation accuracy [\d.]+%; to test it: nin evaluate run --checkpoint best\nRun: /,
      );
      expect(await namesBelow(join(cwd, "run/checkpoints"))).toContain(`${best}/weights.safetensors`);
      const again = await runHere(["train", "--resume", "run"], cwd);
      expect(again.stdout).toMatch(/\nNothing to do: the run is finished\nDone: /);
      const page = await readFile(join(cwd, "run/report.html"), "utf8");
      expect(page).toContain(`Stopped early, after ${latest / 3} of 9 epochs`);
      await expectEvaluations(cwd, [best, latest]);
    }));

  it("cut by --max-steps at any step and resumed decides the same", () =>
    inNewFolder(async (cwd) => {
      const records = ["--log-every", "1", "--checkpoint-every", "2"];
      await runHere(train(...SELECTED, ...records, "--out", "whole"), cwd);
      await runHere(train(...SELECTED, ...records, "--out", "cut", "--max-steps", "1"), cwd);
      for (let step = 2; step < 12; step += 1) {
        await runHere(["train", "--resume", "cut", "--max-steps", `${step}`], cwd);
      }
      await runHere(["train", "--resume", "cut", "--max-steps", "99"], cwd);
      const [cut, whole] = await Promise.all(
        ["cut", "whole"].map((name) => readFile(join(cwd, name, "checkpoints/best"), "utf8")),
      );
      expect(cut).toBe(whole);
      await expectSameRun(join(cwd, "cut"), join(cwd, "whole"));
    }));

  it("of one image is enough, and says which classes it lacks", () =>
    inNewFolder(async (cwd) => {
      const flags = ["--validation-fraction", "0.01", "--epochs", "1", "--out", "run"];
      const { status, stdout, stderr } = await runHere(train(...flags), cwd);
      expect(status).toBe(0);
      expect(stdout).toContain("(59 training, 1 validation and 30 test images)");
      expect(stderr).toMatch(/^Warning: the 1 validation image has none of 9 of 10 classes \(/);
    }));
});

/** `evaluate` gives for the best and the latest checkpoint what the epochs' lines say. */
async function expectEvaluations(cwd: string, [best, latest]: readonly [number, number]): Promise<void> {
  const epochs = (await readJsonLines(join(cwd, "run/metrics.jsonl"))).filter(({ kind }) => kind === "epoch");
  for (const [choice, step] of [
    ["best", best],
    ["latest", latest],
    [`${best}`, best],
  ] as const) {
    const { stdout } = await runHere(
      ["evaluate", "run", "--checkpoint", choice, "--json", ...REFERENCE],
      cwd,
    );
    const expected = epochs.find((epoch) => epoch.step === step);
    expect(JSON.parse(stdout)).toMatchObject({
      loss: expect.closeTo(Number(expected?.testLoss), 12),
      accuracy: expected?.testAccuracy,
    });
  }
  const refused = async (checkpoint: string, line: string): Promise<void> =>
    expectRefusal(await runHere(["evaluate", "run", "--checkpoint", checkpoint], cwd), line);
  await refused("1", "the run has no checkpoint of step 1; it has those of steps");
  await refused("newest", "or the number of a step");
}

describe("--json", () => {
  it("prints what metrics.jsonl has, one object a line, and nothing else on stdout; also when resumed", () =>
    inNewFolder(async (cwd) => {
      const flags = ["--epochs", "2", "--log-every", "3", "--json"];
      const first = await nin(train(...flags, "--max-steps", "3", "--out", "run"), { cwd });
      const rest = await nin(["train", "--resume", "run", "--max-steps", "8", "--json"], { cwd });
      expect([first.status, rest.status]).toEqual([0, 0]);
      expect(first.stdout + rest.stdout).toBe(await readFile(join(cwd, "run/metrics.jsonl"), "utf8"));
      expect(rest.stdout.split("\n")).toHaveLength(4);
      expect(first.stderr).toMatch(
        /^Training small on .*\nDone: 3 steps in .*\nRun: {4}run\nReport: run\/report.html\n$/,
      );
    }));

  it("is empty where nothing could begin", () =>
    inNewFolder(async (cwd) => {
      expectRefusal(await runHere(train("--json", "--early-stopping", "1"), cwd), "--early-stopping needs");
    }));
});

it("a run that is resumed under another version says so, and goes on with status 0", () =>
  inNewFolder(async (cwd) => {
    await runHere(train("--epochs", "2", "--max-steps", "3", "--out", "run"), cwd);
    const path = join(cwd, "run/checkpoints/3/state.json");
    const { stateSha256, configSha256, selection, warnings, environment, ...state } = JSON.parse(
      await readFile(path, "utf8"),
    );
    const config = JSON.parse(await readFile(join(cwd, "run/config.json"), "utf8"));
    config.versions.nin = "0.0.9";
    await writeFile(join(cwd, "run/config.json"), JSON.stringify(config));
    // As a version before the hashes wrote it.
    await writeFile(path, `${JSON.stringify(state, undefined, 2)}\n`);
    const { status, stderr } = await runHere(["train", "--resume", "run", "--max-steps", "8"], cwd);
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^Warning: the run may not continue bit for bit as if it had never stopped\. It started with nin 0\.0\.9, now [\d.]+\n$/,
    );
  }));

it("a network of more classes than the data trains with a warning, one of fewer is refused", () =>
  inNewFolder(async (cwd) => {
    const model = JSON.parse(await readFile(inputs.model, "utf8"));
    const withScores = async (scores: number): Promise<readonly string[]> => {
      const layers = JSON.parse(
        JSON.stringify(model.layers).replaceAll('"outChannels":10', `"outChannels":${scores}`),
      );
      await writeFile(join(cwd, "other.json"), JSON.stringify({ ...model, layers }));
      return ["train", "other.json", "--data", inputs.data, ...REFERENCE, "--epochs", "1", "--out", "run"];
    };
    expectRefusal(
      await runHere(await withScores(9), cwd),
      `other.json has 9 scores, and ${inputs.data} has 10 classes: expected one score for each`,
    );
    const { status, stderr } = await runHere(await withScores(12), cwd);
    expect(status).toBe(0);
    expect(stderr).toContain(
      "Warning: the 60 training images have none of 2 of 12 classes (class 10, class 11): such classes cannot be learned.",
    );
    expect((await runHere(["evaluate", "run"], cwd)).status).toBe(0);
  }));
