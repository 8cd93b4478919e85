import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { at } from "@nin/spec";
import { parseStudyResults } from "@nin/study";
import { inNewFolder, lacking, namesBelow, newerNode, startPostgres } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { nin, startNin } from "../testing/nin.js";
import { expectRefusal } from "../testing/refusal.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();
const node = await newerNode();
const isOld = "program" in node && node.program !== process.execPath;
const QUEUE = "postgres://ada:tiger@127.0.0.1:9/studies";

describe("a study's queue", () => {
  it.runIf(isOld)("needs a newer Node, and says so in one sentence", () =>
    inNewFolder(async (cwd) => {
      await writeFile(join(cwd, "study.json"), JSON.stringify(studyOf(1)));
      const line = `nin: studies on many machines need Node 22.12 or later, and this is Node ${process.versions.node}`;
      expectRefusal(await runHere(["study", "worker", "--queue", QUEUE], cwd), line);
      expectRefusal(await runHere(["study", "run", "study.json", "--queue", QUEUE], cwd), line);
      expect(await namesBelow(cwd)).toEqual(["study.json"]);
    }),
  );

  it.each([
    [["worker"], "required option '--queue <address>' not specified"],
    [["worker", QUEUE, "--queue", QUEUE], "too many arguments for 'worker'"],
    [["worker", "--queue", QUEUE, "--name", "a b"], "--name: expected up to 40 letters, digits"],
    [["run", "s.json", "--queue", QUEUE, "--jobs", "2"], "cannot be used with option '--jobs <n>'"],
    [["worker", "--queue", "mysql://ada:tiger@h/d"], "expected an address such as postgres://"],
  ])("that is asked for wrongly is refused, without its password: %j", (args, line) =>
    inNewFolder(async (cwd) => {
      const result = await nin(["study", ...args, "--debug"], { cwd });
      expect(result.status).toBe(2);
      expect(result.stderr).toContain(line);
      expect(result.stderr).not.toContain("tiger");
    }),
  );

  it("is worked off by nin study worker, which gives its run back when it is stopped", ({ skip }) =>
    inNewFolder(async (cwd) => {
      if ("problem" in node) return lacking("node-22", node.problem, skip);
      const options = { cwd, node: node.program };
      const server = await startPostgres();
      try {
        const queue = ["--queue", server.url()];
        await writeFile(join(cwd, "study.json"), JSON.stringify(studyOf(2)));
        const secret = encodeURIComponent(server.password);
        const wrong = server.url().replace(secret, `${secret}1`);
        const refused = await nin(["study", "worker", "--queue", wrong, "--debug"], options);
        expect([refused.status, refused.stdout]).toEqual([2, ""]);
        expect(refused.stderr).toMatch(
          /^nin: the database \S+ cannot be used: password authentication failed/,
        );

        const study = startNin(["study", "run", "study.json", ...queue], options);
        const blind = startNin(["study", "worker", ...queue], options);
        await expect
          .poll(() => blind.written.stderr, { timeout: 60_000 })
          .toMatch(
            /^Left to others: queue nin-study\/1\/reference\.cpu\/[0-9a-f]{32}: this machine is not given its data data \(60 training images of SHA-256 [0-9a-f]{12}\): name their folder with --data\n$/,
          );
        const worker = startNin(
          ["study", "worker", ...queue, "--data", inputs.data, "--name", "w1", "--runs", "shared"],
          options,
        );
        await worker.until(/: begins\n/);
        if (process.platform === "linux") {
          const title = execFileSync("ps", ["-ww", "-o", "args=", "-p", `${worker.child.pid}`], {
            encoding: "utf8",
          });
          expect(title).toMatch(/^nin study\s*$/);
        }
        const done = await study.ended;
        expect([done.status, done.stderr]).toEqual([0, ""]);
        expect(done.stdout).toMatch(/\nqueued: 2 runs: 2 finished\n/);
        for (const running of [worker, blind]) running.child.kill("SIGTERM");
        const ended = await worker.ended;
        expect(ended.status).toBe(143);
        expect((await blind.ended).status).toBe(143);
        expect(ended.stdout).toMatch(
          /^Worker w1 waits for runs of studies at postgres:\/\/postgres:PASSWORD@/,
        );
        expect(ended.stdout).toMatch(/\nqueued, run [0-9a-f]{16}: [\d.]+% test accuracy, 1 epoch, \d+s/);
        expect(ended.stderr).toBe("Stopping: the current run is saved and given back to the queue\n");

        const text = await readFile(join(cwd, "runs/queued/results.json"), "utf8");
        const { runs } = parseStudyResults(JSON.parse(text));
        expect(runs.map(({ status, worker: name }) => [status, name])).toEqual(
          Array(2).fill(["finished", "w1"]),
        );
        expect(await namesBelow(join(cwd, "runs/queued/runs", at(runs, 0).id))).toEqual([
          "config.json",
          "metrics.jsonl",
        ]);
        // What was sent and stored names nobody, no machine and no folder.
        const rows = JSON.stringify([
          await server.query("SELECT * FROM nin_study_queue.job"),
          await server.query("SELECT * FROM nin_study.result"),
        ]);
        for (const own of [
          inputs.folder,
          cwd,
          hostname(),
          secret,
          server.password,
          `"${userInfo().username}"`,
        ])
          expect(rows).not.toContain(own);
      } finally {
        await server.dispose();
      }
    }));
});

function studyOf(seeds: number): object {
  return {
    ...{ format: "nin-study", version: 1, name: "queued" },
    base: {
      ...{ model: inputs.model, data: inputs.data, backend: "reference", device: "cpu" },
      ...{ "recipe.batchSize": 16, "recipe.epochs": 1 },
    },
    grid: { seed: Array.from({ length: seeds }, (_, seed) => seed) },
  };
}
