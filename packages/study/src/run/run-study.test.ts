import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NinError } from "@nin/backend";
import { at, present } from "@nin/spec";
import { inNewFolder, namesBelow } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { parseStudyResults, type StudyResults } from "../results/results.js";
import { samplePlan, writeRun } from "../testing/sample-study.js";
import { runStudy, type StudyEvent, type StudyTrainer } from "./run-study.js";
import { openStudyRun, readStudyFolder } from "./study-folder.js";

const DONE = { interrupted: false };
/** Every run to its end, with an accuracy by its seed. */
const trainAll: StudyTrainer = async ({ recipe }, { folder }) => {
  await writeRun(folder, 0.5 + recipe.seed / 100);
  return DONE;
};
const statuses = ({ runs }: StudyResults) => runs.map(({ status }) => status);
const saved = async (folder: string): Promise<StudyResults> =>
  parseStudyResults(JSON.parse(await readFile(join(folder, "results.json"), "utf8")));

describe("a study that is run", () => {
  it("has the result of each run, in files too", () =>
    inNewFolder(async (folder) => {
      const results = await runStudy({ plan: await samplePlan(3), folder, train: trainAll });
      expect(results.runs.map(({ testAccuracy }) => testAccuracy)).toEqual([0.5, 0.51, 0.52]);
      expect(results.runs[1]).toMatchObject({
        ...{ status: "finished", attempts: 1, worker: null, epochs: 1, testLoss: 0.5, imagesPerSecond: 60 },
        ...{ elapsedMs: 300, warnings: ["dead-class"], error: null },
      });
      expect(await saved(folder)).toEqual(results);
      expect(await readStudyFolder(folder)).toEqual({ results, question: "Does it?" });
      const run = present(await openStudyRun(folder, at(results.runs, 2).id));
      expect([run.config.recipe.name, (await run.metrics()).length]).toEqual(["d2l", 4]);
      expect(await openStudyRun(folder, "0".repeat(16))).toBeUndefined();
      expect((await readFile(join(folder, "results.csv"), "utf8")).split("\r\n")).toHaveLength(5);
      expect((await namesBelow(folder)).filter((name) => /lock|part/.test(name))).toEqual([]);
    }));

  it("repeats nothing that is finished, trains what was added, and keeps what was removed", () =>
    inNewFolder(async (folder) => {
      const trained: number[] = [];
      const train: StudyTrainer = (run, context) => {
        trained.push(run.recipe.seed);
        return trainAll(run, context);
      };
      await runStudy({ plan: await samplePlan(3), folder, train });
      const results = await runStudy({ plan: await samplePlan(4), folder, train });
      expect(trained).toEqual([0, 1, 2, 3]);
      expect(results.runs.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
      expect(statuses(await runStudy({ plan: await samplePlan(1), folder, train }))).toEqual(["finished"]);
      await runStudy({ plan: await samplePlan(4), folder, train });
      expect(trained).toHaveLength(4);
    }));

  it("trains so many runs at once, each as soon as another has ended", () =>
    inNewFolder(async (folder) => {
      const ends: (() => void)[] = [];
      let [inProgress, most] = [0, 0];
      const train: StudyTrainer = async () => {
        inProgress += 1;
        most = Math.max(most, inProgress);
        await new Promise<void>((resolve) => ends.push(resolve));
        inProgress -= 1;
        return DONE;
      };
      const study = runStudy({ plan: await samplePlan(5), folder, train, jobs: 2 });
      for (let run = 0; run < 5; run += 1) {
        await expect.poll(() => ends.length).toBe(Math.min(run + 2, 5));
        at(ends, run)();
      }
      expect(statuses(await study)).toEqual(Array(5).fill("finished"));
      expect(most).toBe(2);
    }));

  it("reports what happens", () =>
    inNewFolder(async (folder) => {
      const events: StudyEvent[] = [];
      const train: StudyTrainer = async (_, { onMetrics }) => {
        onMetrics({ kind: "warning", code: "plateau", step: 1, detail: "it stays" });
        return DONE;
      };
      await runStudy({ plan: await samplePlan(2), folder, train, onEvent: (event) => events.push(event) });
      const each = ["begun", "metrics", "ended"];
      expect(events.map(({ kind }) => kind)).toEqual(["opened", ...each, ...each]);
      const last = present(events.at(-1));
      expect(last.kind === "ended" && statuses(last.results)).toEqual(["finished", "finished"]);
    }));
});

describe("a run that fails", () => {
  it("does not keep the others from being trained, and is tried again, unless it diverged", () =>
    inNewFolder(async (folder) => {
      const tried: number[] = [];
      const train: StudyTrainer = async ({ recipe: { seed } }) => {
        tried.push(seed);
        if (seed === 0) throw new NinError("NIN_DIVERGED", "the loss is NaN");
        if (seed === 1) throw new NinError("NIN_RUNTIME", "the device failed");
        return DONE;
      };
      const results = await runStudy({ plan: await samplePlan(3), folder, train });
      expect(statuses(results)).toEqual(["failed", "failed", "finished"]);
      expect(results.runs[1]?.error).toEqual({ code: "NIN_RUNTIME", message: "the device failed" });
      const again = await runStudy({ plan: await samplePlan(3), folder, train });
      expect(tried).toEqual([0, 1, 2, 1]);
      expect(again.runs.map(({ attempts }) => attempts)).toEqual([1, 2, 1]);
    }));

  it("ends the study where it is a mistake in the program, stops the others, and says which", () =>
    inNewFolder(async (folder) => {
      const train: StudyTrainer = async ({ recipe: { seed } }, { signal }) => {
        if (seed === 1) throw new TypeError("a mistake");
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        return { interrupted: true };
      };
      const study = runStudy({ plan: await samplePlan(4), folder, train, jobs: 2 });
      await expect(study).rejects.toThrow(new TypeError("a mistake"));
      expect(statuses(await saved(folder))).toEqual(["interrupted", "running", "waiting", "waiting"]);
      expect(statuses(await runStudy({ plan: await samplePlan(4), folder, train: trainAll }))).toEqual(
        Array(4).fill("finished"),
      );
    }));
});

it.each([
  ["after it saved", { interrupted: true }],
  ["before its first step, by the signal's reason", "reason"],
  ["before its first step, by an error of the platform", new DOMException("stopped", "AbortError")],
])("a study that is stopped %s is continued later", (_, outcome) =>
  inNewFolder(async (folder) => {
    const stop = new AbortController();
    const reason = new Error("Ctrl-C");
    const train: StudyTrainer = async ({ recipe: { seed } }, context) => {
      if (seed === 0) return trainAll(at(plan.runs, 0), context);
      stop.abort(reason);
      if (outcome === "reason") throw reason;
      if (outcome instanceof Error) throw outcome;
      return outcome as { readonly interrupted: boolean };
    };
    const plan = await samplePlan(3);
    const results = await runStudy({ plan, folder, train, signal: stop.signal });
    expect(statuses(results)).toEqual(["finished", "interrupted", "waiting"]);
    const continued = await runStudy({ plan, folder, train: trainAll });
    expect(continued.runs.map(({ status, attempts }) => [status, attempts])).toEqual([
      ["finished", 1],
      ["finished", 2],
      ["finished", 1],
    ]);
  }),
);

describe("a folder that is not as it should be is refused in one line", () => {
  const refused = async (folder: string, problem: string, plan = samplePlan(1)) => {
    const study = runStudy({ plan: await plan, folder, train: trainAll });
    await expect(study).rejects.toMatchObject({
      code: expect.stringMatching(/^NIN_/),
      message: expect.stringContaining(problem),
    });
  };

  it("with another study's results", () =>
    inNewFolder(async (folder) => {
      await runStudy({ plan: await samplePlan(1), folder, train: trainAll });
      const other = samplePlan(1, { name: "other" });
      await refused(
        folder,
        "contains the results of the study example; give other another folder with --out",
        other,
      );
    }));

  it("with results that are damaged, which are made again once they are gone", () =>
    inNewFolder(async (folder) => {
      const results = await runStudy({ plan: await samplePlan(1), folder, train: trainAll });
      const path = join(folder, "results.json");
      await writeFile(path, '{"format":');
      await refused(folder, path);
      await expect(readStudyFolder(folder)).rejects.toThrow(path);
      await writeFile(path, JSON.stringify({ ...results, version: 2 }));
      await refused(folder, `${path}: version: expected 1, got 2`);
      await rm(path);
      const train: StudyTrainer = () => Promise.reject(new Error("nothing is to be trained"));
      expect(await runStudy({ plan: await samplePlan(1), folder, train })).toEqual(results);
    }));

  it("with a run's damaged state", () =>
    inNewFolder(async (folder) => {
      const plan = await samplePlan(1);
      await runStudy({ plan, folder, train: trainAll });
      const path = join(folder, "runs", `${at(plan.runs, 0).id}.json`);
      await writeFile(path, "{}");
      await refused(folder, `${path}: id: expected a non-empty string`);
    }));

  it("while another process runs the study", () =>
    inNewFolder(async (folder) => {
      const train: StudyTrainer = async () => {
        await refused(folder, "is training in this folder");
        return DONE;
      };
      expect(statuses(await runStudy({ plan: await samplePlan(1), folder, train }))).toEqual(["finished"]);
    }));

  it("that cannot be one", () =>
    inNewFolder(async (folder) => {
      await writeFile(join(folder, "file"), "");
      for (const name of ["file", "file/study"])
        await refused(
          join(folder, name),
          `${join(folder, name, "results.json")}: cannot be read: part of the path`,
        );
      await writeFile(join(folder, "runs"), "");
      await refused(folder, `${folder}: cannot be used as a study's folder: `);
    }));

  it("that is none of a study", () =>
    inNewFolder(async (folder) => {
      await expect(readStudyFolder(folder)).rejects.toThrow(
        "expected the folder of a study, found no results.json",
      );
    }));
});
