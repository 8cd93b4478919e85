import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inNewFolder } from "@nin/test-support";
import type { RunSummary } from "@nin/training/node";
import { describe, expect, it } from "vitest";
import { sampleConfig } from "../report/testing/sample-run.js";
import { runTable } from "../runs/run-table.js";
import { runHere } from "../testing/in-process.js";
import { expectRefusal, expectRefused } from "../testing/refusal.js";
import { writeSampleRun } from "../testing/sample-folders.js";

const KEYS = [
  ...["run", "model", "recipe", "data", "backend", "device", "status", "epochs", "testAccuracy"],
  ...["testLoss", "validationAccuracy", "imagesPerSecond", "seed"],
];

describe("nin runs", () => {
  it("lists the runs below runs/, as a table and as JSON, and damaged ones on stderr", () =>
    inNewFolder(async (cwd) => {
      await writeSampleRun(join(cwd, "runs", "first"));
      await writeSampleRun(join(cwd, "runs", "study", "second"), { epochs: 1 });
      await mkdir(join(cwd, "runs", "broken"));
      await writeFile(join(cwd, "runs", "broken", "config.json"), "{");
      await writeFile(join(cwd, "runs", "broken", "metrics.jsonl"), "");

      const table = await runHere(["runs"], cwd);
      expect(table.status).toBe(0);
      expect(table.stderr).toMatch(/^Warning: [^\n]*broken[^\n]*config\.json: damaged: [^\n]*\n$/);
      const [titles = "", , ...lines] = table.stdout.trimEnd().split("\n");
      expect(titles.split(/ {2,}/)).toEqual([
        ...["run", "model", "recipe", "data", "backend", "seed", "status", "epochs", "test acc.", "images/s"],
      ]);
      expect(lines.map((line) => line.split(/ {2,}/))).toEqual(
        [
          [
            "first",
            "nin-mnist",
            "robust",
            "fashion-mnist",
            "onnxruntime cpu",
            "0",
            "finished",
            "2",
            "95.45%",
            "905",
          ],
          [
            "study/second",
            "nin-mnist",
            "robust",
            "fashion-mnist",
            "onnxruntime cpu",
            "0",
            "interrupted",
            "1",
            "90.97%",
            "905",
          ],
        ].map((row) => row.map((cell) => expect.stringContaining(cell))),
      );

      const json = await runHere(["runs", "runs", "--json"], cwd);
      const runs = JSON.parse(json.stdout) as readonly Record<string, unknown>[];
      expect(runs.map((run) => Object.keys(run))).toEqual([KEYS, KEYS]);
      expect(runs[0]).toMatchObject({ run: join("runs", "first"), status: "finished", epochs: 2, seed: 0 });
    }));

  it("lists many runs quickly", { timeout: 60_000 }, () =>
    inNewFolder(async (cwd) => {
      const names = Array.from({ length: 200 }, (_, index) => `run-${index}`);
      await Promise.all(names.map((name) => writeSampleRun(join(cwd, "runs", name), { epochs: 1 })));
      const startedAt = performance.now();
      const { stdout } = await runHere(["runs", "--json"], cwd);
      expect(JSON.parse(stdout)).toHaveLength(200);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    }),
  );

  it("refuses a folder that does not exist, or has no runs, or none that can be read", async () => {
    await expectRefused(["runs"], "runs: there is no such folder");
    await expectRefused(["runs", "."], ".: expected runs, as nin train makes them, found none");
    await inNewFolder(async (cwd) => {
      for (const name of ["a", "b"]) {
        await mkdir(join(cwd, name));
        await writeFile(join(cwd, name, "config.json"), "[]");
        await writeFile(join(cwd, name, "metrics.jsonl"), "");
      }
      expectRefusal(
        await runHere(["runs", "."], cwd),
        "a/config.json: damaged: expected a JSON object; nor 1 other",
      );
    });
  });
});

describe("the table of runs", () => {
  const { architecture, recipe, data, backend, device } = sampleConfig();
  const run: RunSummary = {
    ...{ run: "runs/nin-mnist-robust-20261130-015107", model: architecture.name, recipe: recipe.name },
    ...{
      data: data.source,
      backend,
      device,
      status: "interrupted",
      epochs: 2,
      testAccuracy: 0.9,
      testLoss: 0.3,
    },
    ...{ validationAccuracy: 0.91, imagesPerSecond: 1234.5, seed: 7 },
  };

  it("fits the terminal, with the columns that say most", () => {
    const lines = runTable({ runs: [run] }, "runs", 80);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(lines[2]).toMatch(/^nin-mnist-robust-20261130-015107 {2}interrupted +2 +90\.00% +1,235$/);
    const wide = runTable({ runs: [run] }, "runs", 200);
    expect(wide[0]).toContain("recipe");
    expect(wide[0]).toContain("val. acc.");
  });

  it("shows what is missing as a dash, and slow rates with a digit", () => {
    const slow = { ...run, testAccuracy: null, validationAccuracy: null, imagesPerSecond: 4.25 };
    const [titles, , line] = runTable({ runs: [slow] }, "runs", 80);
    expect(titles).not.toContain("val. acc.");
    expect(line).toMatch(/\u2013 +4\.3$/);
  });
});
