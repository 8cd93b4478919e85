import { execFileSync } from "node:child_process";
import { appendFile, cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inNewFolder, smallIdxFiles, writeIdxFolder } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";
import { expectRefusal } from "../testing/refusal.js";
import { expectSameRun, readRun } from "../testing/run-folder.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();
const REFERENCE = ["--backend", "reference"] as const;
const ONNX = ["--threads", "1"] as const;

/** Four steps an epoch, two epochs, ended amid the first. */
async function trainCut(
  cwd: string,
  data = inputs.data,
  backend: readonly string[] = REFERENCE,
): Promise<void> {
  const settings = ["--batch-size", "16", "--epochs", "2", "--max-steps", "3", "--log-every", "1"];
  const all = ["train", inputs.model, "--data", data, ...settings, ...backend, "--out", "run"];
  expect((await runHere(all, cwd)).stderr).toBe("");
}

describe("--resume with --data", () => {
  it("goes on with data that were moved, and is as if they had not been", () =>
    inNewFolder(async (cwd) => {
      await cp(inputs.data, join(cwd, "data"), { recursive: true });
      await trainCut(cwd, "data");
      await cp(join(cwd, "run"), join(cwd, "whole"), { recursive: true });
      await runHere(["train", "--resume", "whole", "--max-steps", "8"], cwd);
      await rename(join(cwd, "data"), join(cwd, "moved"));
      const missing = await runHere(["train", "--resume", "run", "--max-steps", "8"], cwd);
      expectRefusal(missing, "found nothing; if the data set has moved: nin train --resume run --data DIR");
      const resumed = await runHere(["train", "--resume", "run", "--max-steps", "8", "--data", "moved"], cwd);
      expect([resumed.status, resumed.stderr]).toEqual([0, ""]);
      expect(resumed.stdout).toMatch(/^Resuming \S+run after step 3\n/);
      await expectSameRun(join(cwd, "run"), join(cwd, "whole"));
    }));

  it("refuses other data in one line, and changes nothing", () =>
    inNewFolder(async (cwd) => {
      await trainCut(cwd);
      const before = await readRun(join(cwd, "run"));
      await writeIdxFolder(join(cwd, "other"), smallIdxFiles(50, 30));
      const resume = ["train", "--resume", "run", "--max-steps", "8", "--data"];
      const line = `the train data of ${join(cwd, "other")} are not those that the run started with: expected 60 images`;
      expectRefusal(await runHere([...resume, "other"], cwd), line);
      expectRefusal(await runHere([...resume, "none"], cwd), `${join(cwd, "none")}: expected a folder`);
      expect(await readRun(join(cwd, "run"))).toEqual(before);
    }));
});

describe("--resume of a run whose lock another machine holds", () => {
  it("names --force-unlock, which takes it", () =>
    inNewFolder(async (cwd) => {
      await trainCut(cwd);
      await writeFile(join(cwd, "run/lock"), '{"pid":1,"host":"elsewhere"}');
      const line = "process 1 on elsewhere was training in this folder";
      const refused = await runHere(["train", "--resume", "run"], cwd);
      expectRefusal(refused, line);
      expect(refused.stderr).toContain("--force-unlock takes the lock");
      const resumed = await runHere(["train", "--resume", "run", "--force-unlock", "--max-steps", "4"], cwd);
      expect([resumed.status, resumed.stderr]).toEqual([0, ""]);
      expect((await readRun(join(cwd, "run"))).latest).toBe("4");
    }));
});

describe("--resume of a run that is computed otherwise now", () => {
  it("says so, and goes on: fewer threads, another version", () =>
    inNewFolder(async (cwd) => {
      await trainCut(cwd, inputs.data, ONNX);
      const file = join(cwd, "run/checkpoints/3/state.json");
      const state = JSON.parse(await readFile(file, "utf8"));
      expect(state.environment).toMatchObject({
        threads: "1",
        nin: expect.any(String),
        "onnxruntime-node": expect.any(String),
      });
      // As a checkpoint of an earlier version, which has no hash: what it was computed with, its run says.
      const { environment, configSha256, stateSha256, selection, warnings, ...former } = state;
      await writeFile(file, JSON.stringify(former));
      const config = join(cwd, "run/config.json");
      await writeFile(
        config,
        (await readFile(config, "utf8")).replace(/"node": "[^"]+"/, '"node": "18.0.0"'),
      );
      const { status, stderr } = await runHere(["train", "--resume", "run", "--max-steps", "4"], cwd);
      expect(stderr).toBe(
        `Warning: the run may not continue bit for bit as if it had never stopped. It started with node 18.0.0, now ${process.versions.node}\n`,
      );
      expect(status).toBe(0);
      const again = await runHere(["train", "--resume", "run", "--max-steps", "5"], cwd);
      expect([again.status, again.stderr]).toEqual([0, ""]);
    }));
});

describe("a run folder with something else in it", () => {
  it("has its page although a line of metrics is none", () =>
    inNewFolder(async (cwd) => {
      await trainCut(cwd);
      await appendFile(join(cwd, "run/metrics.jsonl"), 'null\n{"kind":"step"}\n');
      const { status, stderr } = await runHere(["train", "--resume", "run", "--max-steps", "4"], cwd);
      expect(stderr).toMatch(/^Warning: removed 2 lines that are not metrics from \S+metrics\.jsonl\n$/);
      expect(status).toBe(0);
      expect(await readFile(join(cwd, "run/report.html"), "utf8")).toContain("</html>");
    }));

  it.runIf(process.platform !== "win32")("is not waited for when that is a pipe", () =>
    inNewFolder(async (cwd) => {
      await trainCut(cwd);
      const state = join(cwd, "run/checkpoints/3/state.json");
      await rm(state);
      execFileSync("mkfifo", [state]);
      const resumed = await nin(["train", "--resume", "run"], { cwd });
      expectRefusal(
        resumed,
        `no checkpoint is whole: skipped a damaged checkpoint: ${state}: cannot be read: expected a file`,
      );
      expectRefusal(await runHere(["evaluate", "run"], cwd), "expected a file, found a pipe");
    }),
  );
});
