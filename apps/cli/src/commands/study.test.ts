import { spawnSync } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { availableParallelism } from "@nin/files";
import { present } from "@nin/spec";
import { parseStudyResults, type StudyResults } from "@nin/study";
import { planStudy } from "@nin/study/node";
import { inNewFolder, lacking } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { displayWidth } from "../terminal/text-width.js";
import { runHere } from "../testing/in-process.js";
import { NIN, startNin } from "../testing/nin.js";
import { expectRefusal } from "../testing/refusal.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();

/** Writes a study of tiny runs, which differ in the seed, in a folder of its own. */
async function writeStudy(folder: string, changes: object = {}): Promise<void> {
  const study = {
    ...{ format: "nin-study", version: 1, name: "tiny", question: "Does it run?" },
    base: {
      model: inputs.model,
      data: inputs.data,
      backend: "reference",
      "recipe.batchSize": 16,
      "recipe.epochs": 1,
    },
    grid: { seed: [0, 1, 2, 3] },
    ...changes,
  };
  await writeFile(join(folder, "tiny.json"), JSON.stringify(study));
}

const resultsIn = async (folder: string): Promise<StudyResults> =>
  parseStudyResults(JSON.parse(await readFile(join(folder, "results.json"), "utf8")));

/** Results without what differs from one time to another. */
const lasting = ({ runs }: StudyResults) =>
  runs.map(({ attempts: _, worker: __, elapsedMs: ___, imagesPerSecond: ____, ...rest }) => rest);

describe("nin study", () => {
  it("trains every run, says what it does, and repeats nothing", () =>
    inNewFolder(async (cwd) => {
      await writeStudy(cwd);
      const first = await runHere(["study", "run", "tiny.json"], cwd);
      expect([first.status, first.stderr]).toEqual([0, ""]);
      expect(first.stdout).toMatch(/^Study tiny: 4 runs\. Does it run\?\n/);
      expect(first.stdout).toMatch(
        /\nRun 2 of 4, seed 1: begins\nRun 2 of 4, seed 1: [\d.]+% test accuracy, 1 epoch, \d+s/,
      );
      expect(first.stdout).toMatch(
        /\ntiny: 4 runs: 4 finished\nResults: runs\/tiny\/results.json\nReport: {2}runs\/tiny\/report.html\n$/,
      );
      const results = await resultsIn(join(cwd, "runs/tiny"));
      expect(results.runs.map(({ status, attempts, epochs }) => [status, attempts, epochs])).toEqual(
        Array(4).fill(["finished", 1, 1]),
      );
      expect(new Set(results.runs.map(({ testLoss }) => testLoss)).size).toBe(4);
      const again = await runHere(["study", "run", "tiny.json", "--json"], cwd);
      expect(again.status).toBe(0);
      expect(parseStudyResults(JSON.parse(again.stdout))).toEqual(results);
      expect(again.stderr).not.toContain("begins");
      const status = await runHere(["study", "status", "runs/tiny"], cwd);
      expect([status.status, status.stderr]).toEqual([0, ""]);
      expect(status.stdout).toContain("tiny: 4 runs: 4 finished");
      const page = join(cwd, "runs/tiny/report.html");
      const written = await readFile(page, "utf8");
      expect(written).toContain("4 runs that differ in the seed");
      await rm(page);
      const report = await runHere(["study", "report", "runs/tiny"], cwd);
      expect(report).toEqual({ status: 0, stdout: "Report: runs/tiny/report.html\n", stderr: "" });
      expect(await readFile(page, "utf8")).toBe(written);
      const json = await runHere(["study", "status", "runs/tiny", "--json"], cwd);
      expect(parseStudyResults(JSON.parse(json.stdout))).toEqual(results);
    }));

  it("has the results of nin train", () =>
    inNewFolder(async (cwd) => {
      await writeStudy(cwd, { grid: { seed: [3] } });
      await runHere(["study", "run", "tiny.json", "--out", "study"], cwd);
      const settings = [
        "--data",
        inputs.data,
        "--backend",
        "reference",
        "--batch-size",
        "16",
        "--epochs",
        "1",
      ];
      await runHere(["train", inputs.model, ...settings, "--seed", "3", "--out", "alone"], cwd);
      const lines = (await readFile(join(cwd, "alone/metrics.jsonl"), "utf8")).trim().split("\n");
      const { testAccuracy, testLoss } = JSON.parse(present(lines.at(-1)));
      expect((await resultsIn(join(cwd, "study"))).runs[0]).toMatchObject({ testAccuracy, testLoss });
    }));

  it("has the same results with two runs at once", () =>
    inNewFolder(async (cwd) => {
      await writeStudy(cwd);
      const [one, two] = ["--jobs=1", "--jobs=2"];
      for (const jobs of [one, two])
        await runHere(["study", "run", "tiny.json", present(jobs), "--out", present(jobs).slice(2)], cwd);
      expect(lasting(await resultsIn(join(cwd, "jobs=2")))).toEqual(
        lasting(await resultsIn(join(cwd, "jobs=1"))),
      );
    }));

  it("goes on after a run that fails, names it, and ends with status 1", () =>
    inNewFolder(async (cwd) => {
      await writeStudy(cwd, { grid: { "recipe.optimizer.learningRate": [1e30, 0.001] } });
      const { status, stdout, stderr } = await runHere(["study", "run", "tiny.json", "--out", "study"], cwd);
      expect(status).toBe(1);
      expect(stdout).toContain("tiny: 2 runs: 1 finished, 1 failed");
      expect(stderr).toMatch(/^Failed: [0-9a-f]{16} \(learningRate 1e\+30\): training stopped: .*\n$/);
      expect(await runHere(["study", "run", "tiny.json", "--out", "study"], cwd)).toMatchObject({
        status: 1,
      });
    }));

  it("gives each of the runs at once its share of the threads, unless somebody says how many", () =>
    inNewFolder(async (cwd) => {
      await writeStudy(cwd, { grid: { threads: [null, 3] } });
      const threadsWith = async (out: string, ...flags: readonly string[]) => {
        await runHere(["study", "run", "tiny.json", "--out", out, ...flags], cwd);
        const { runs } = await resultsIn(join(cwd, out));
        const texts = runs.map(({ id }) => readFile(join(cwd, out, "runs", id, "config.json"), "utf8"));
        return (await Promise.all(texts)).map((text) => JSON.parse(text).threads);
      };
      expect(await threadsWith("alone")).toEqual([null, 3]);
      expect(await threadsWith("two", "--jobs", "2")).toEqual([
        Math.max(1, Math.floor(availableParallelism() / 2)),
        3,
      ]);
      expect(await threadsWith("given", "--threads", "2")).toEqual([2, 3]);
    }));

  it("begins a run anew that was killed before it could be resumed, and names one whose folder is damaged", () =>
    inNewFolder(async (cwd) => {
      await writeStudy(cwd, { grid: { seed: [0, 1] } });
      const { runs } = await planStudy(join(cwd, "tiny.json"));
      const [early, damaged] = runs.map(({ id }) => join(cwd, "runs/tiny/runs", id));
      await mkdir(join(present(early), "checkpoints"), { recursive: true });
      await mkdir(present(damaged), { recursive: true });
      await writeFile(join(present(damaged), "config.json"), "{");
      const { status, stdout, stderr } = await runHere(["study", "run", "tiny.json"], cwd);
      expect(status).toBe(1);
      expect(stdout).toContain("tiny: 2 runs: 1 finished, 1 failed");
      expect(stderr).toMatch(/^Failed: [0-9a-f]{16} \(seed 1\): [^\n]*config\.json[^\n]*\n$/);
    }));

  it("is continued after it was killed, with the same results as one left alone", () =>
    inNewFolder(async (cwd) => {
      await writeStudy(cwd);
      await runHere(["study", "run", "tiny.json", "--out", "alone"], cwd);
      for (const line of [/Run 1 of 4.*begins/, /Run 3 of 4.*begins/]) {
        const killed = startNin(["study", "run", "tiny.json", "--out", "killed"], { cwd });
        await killed.until(line);
        killed.child.kill("SIGKILL");
        expect((await killed.ended).status).toBeNull();
      }
      expect((await resultsIn(join(cwd, "killed"))).runs.some(({ status }) => status !== "finished")).toBe(
        true,
      );
      const last = await runHere(["study", "run", "tiny.json", "--out", "killed"], cwd);
      expect([last.status, last.stderr]).toEqual([0, ""]);
      expect(lasting(await resultsIn(join(cwd, "killed")))).toEqual(
        lasting(await resultsIn(join(cwd, "alone"))),
      );
    }));

  it("stops at Ctrl-C after it saved, says how to continue, and ends with status 130", () =>
    inNewFolder(async (cwd) => {
      await writeStudy(cwd, {
        base: {
          model: inputs.model,
          data: inputs.data,
          backend: "reference",
          "recipe.batchSize": 16,
          "recipe.epochs": 500,
        },
      });
      const running = startNin(["study", "run", "tiny.json"], { cwd });
      await running.until(/Run 1 of 4.*begins/);
      running.child.kill("SIGINT");
      const { status, stdout } = await running.ended;
      expect(status).toBe(130);
      expect(stdout).toContain("tiny: 4 runs: 1 interrupted, 3 waiting");
      expect(stdout).toContain("To continue:\n  nin study run tiny.json\n");
    }));
});

it(
  "on a terminal, lines of runs and of the study fit it, and leave it as it was",
  { timeout: 60_000 },
  ({ skip }) =>
    inNewFolder(async (cwd) => {
      if (spawnSync("script", ["--version"]).error !== undefined)
        return lacking("script", "there is no script command here", skip);
      await writeStudy(cwd, {
        grid: { "recipe.optimizer.learningRate": [0.0123456789, 0.0023456789], seed: [0, 1] },
      });
      const command = `stty cols 60; '${process.execPath}' '${NIN}' study run tiny.json --jobs 2`;
      const { status, stdout } = spawnSync("script", ["-qefc", command, "/dev/null"], {
        cwd,
        encoding: "utf8",
      });
      expect(status).toBe(0);
      const [before = "", ...drawn] = stdout.split("\u001b[?25l");
      expect(before).toMatch(/^Study tiny: 4 runs\. Does it run\?\r\n$/);
      const [frames = "", after = ""] = drawn.join("").split("\u001b[?25h");
      expect(frames).toMatch(/learning\S* ?\S*…\S*, seed 1 \[ +\] starting, 0\/0/);
      expect(frames).toMatch(/Study: 4 of 4 runs ended, /);
      const lines = frames.replaceAll("\u001b[1G", "\n").split(/\r?\n/).map(stripVTControlCharacters);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(60);
      expect(after).toContain("tiny: 4 runs: 4 finished");
    }),
);

describe("what is wrong is refused in one line", () => {
  const refused = async (cwd: string, problem: string, changes: object = {}) => {
    await writeStudy(cwd, changes);
    expectRefusal(await runHere(["study", "run", "tiny.json"], cwd), problem);
  };

  it("in the study", () =>
    inNewFolder(async (cwd) => {
      await refused(cwd, "study tiny.json: grid.sede: unknown setting", { grid: { sede: [1] } });
      await refused(cwd, "study tiny: model: expected one of nin, nin-mnist", { base: { model: "nim" } });
      await refused(cwd, "study tiny: architecture ./none.json: ", { base: { model: "./none.json" } });
      await refused(cwd, "backend: expected one of onnxruntime", {
        base: { model: "nin", backend: "caffe" },
      });
      await refused(
        cwd,
        `data ${join(cwd, "none")}: expected fashion-mnist, synthetic, or a folder or file of images, found nothing there`,
        { base: { model: "nin", data: "none" } },
      );
      expectRefusal(await runHere(["study", "run", "none.json"], cwd), "nin: none.json: cannot be read");
    }));

  it("in its folder", () =>
    inNewFolder(async (cwd) => {
      await writeStudy(cwd);
      await writeFile(join(cwd, "file"), "");
      for (const out of ["", "file", "file/study"]) {
        const refusal = await runHere(["study", "run", "tiny.json", "--out", out], cwd);
        expectRefusal(refusal, out);
        expect(refusal.stderr).not.toContain("unexpected");
      }
      await writeStudy(cwd, { grid: { seed: [0] } });
      await runHere(["study", "run", "tiny.json", "--out", "study"], cwd);
      await writeStudy(cwd, { name: "other" });
      const run = ["study", "run", "tiny.json", "--out", "study"];
      expectRefusal(
        await runHere(run, cwd),
        "contains the results of the study tiny; give other another folder with --out",
      );
      await writeFile(join(cwd, "study/results.json"), "{");
      expectRefusal(await runHere(run, cwd), "study/results.json");
      expectRefusal(await runHere(["study", "status", "study"], cwd), "study/results.json");
      await rm(join(cwd, "study/results.json"));
      expectRefusal(
        await runHere(["study", "status", "study"], cwd),
        "expected the folder of a study, found no results.json there",
      );
    }));
});
