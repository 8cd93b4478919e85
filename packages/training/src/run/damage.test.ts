import { execFileSync } from "node:child_process";
import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { RunError } from "../record/run-error.js";
import { parseState, type StateFile, stateText } from "../record/state-file.js";
import { inNewFolder, smallConfig, trainSmallRun } from "../testing/small-run.js";
import { loadWeightsFrom, openRun } from "./read-run.js";
import { createRun, resumeRun } from "./run.js";
import { createSha256 } from "./sha256.js";

const posix = process.platform !== "win32";

/** `state.json` of a checkpoint amid the second epoch. */
let state = "";
beforeAll(() =>
  inNewFolder(async (folder) => {
    const config = { ...smallConfig, recipe: { ...smallConfig.recipe, epochs: 2 }, evalLimit: 0 };
    await trainSmallRun(await createRun(folder, config), 9);
    state = await readFile(join(folder, "checkpoints", "9", "state.json"), "utf8");
  }),
);

/** Every text that differs from this one in one bit, with its place. */
function* flippedBits(text: string): Generator<readonly [place: string, text: string]> {
  const bytes = Buffer.from(text);
  for (let index = 0; index < bytes.length; index += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(bytes.readUInt8(index) ^ (1 << bit), index);
      yield [`bit ${bit} of byte ${index}`, changed.toString("utf8")];
    }
  }
}

/** What a checkpoint of an earlier version has. */
function formerState(text: string): string {
  const { environment, configSha256, stateSha256, selection, warnings, ...former } = JSON.parse(text);
  return `${JSON.stringify(former, undefined, 2)}\n`;
}

describe("state.json", () => {
  it("with any one bit changed is damaged", () => {
    expect(parseState(state, "state.json", createSha256)).toMatchObject({
      step: 9,
      epoch: 1,
      position: 2,
      images: 16,
    });
    for (const [place, changed] of flippedBits(state)) {
      let error: unknown;
      try {
        parseState(changed, "state.json", createSha256);
      } catch (thrown) {
        error = thrown;
      }
      if (!(error instanceof RunError) || error.code !== "NIN_RUN_CORRUPT")
        expect.fail(`${place} is read: ${error}`);
    }
  });

  it("with a bit changed is skipped for the checkpoint before it, with a warning", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig));
      const file = join(folder, "checkpoints", "7", "state.json");
      const text = await readFile(file, "utf8");
      const all = [...flippedBits(text)];
      for (let index = 0; index < all.length; index += 499) {
        await writeFile(file, all[index]?.[1] ?? "");
        const { step, warnings } = await loadWeightsFrom(folder);
        expect([step, warnings.length], all[index]?.[0]).toEqual([6, 1]);
      }
      const run = await resumeRun(folder);
      expect(run.resumeFrom?.state.step).toBe(6);
      expect(run.warnings).toEqual([
        expect.stringContaining(`skipped a damaged checkpoint: ${file}: damaged: `),
      ]);
      await trainSmallRun(run);
      const again = JSON.parse(await readFile(file, "utf8"));
      expect({ ...again, elapsedMs: 0, stateSha256: "" }).toMatchObject({ step: 7, lossSum: 0 });
    }));

  it.each([
    ["a later step", { step: 8 }, "step: expected 7, as the folder is named, got 8"],
    ["another position", { epoch: 0, position: 6 }, "step: expected 6, got 7"],
    ["more epochs than the recipe", { epoch: 2 }, "epoch: expected at most 1, got 2"],
    ["a position after the last epoch", { position: 1 }, "position: expected at most 0, got 1"],
    ["images of another epoch", { images: 8 }, "images: expected 0, got 8"],
    ["a loss without images", { lossSum: 3 }, "lossSum: expected 0, got 3"],
    ["an epoch less", { epochs: [] }, "epochs: expected 1, got 0"],
    ["epochs that are none", { epochs: [null] }, "epochs: an array of their metrics"],
    ["the text of a number", { step: "7" }, "step: an integer of at least 0"],
  ])("that contradicts itself is damaged, whatever its hash says: %s", (_name, changes, problem) =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig));
      const file = join(folder, "checkpoints", "7", "state.json");
      const { stateSha256, ...state } = JSON.parse(await readFile(file, "utf8"));
      const sealed = (value: StateFile): string => stateText(value, createSha256);
      for (const write of [sealed, (value: object) => formerState(JSON.stringify(value))]) {
        await writeFile(file, write({ ...state, ...changes }));
        const run = await resumeRun(folder);
        await run.dispose();
        expect(run.resumeFrom?.state.step).toBe(6);
        expect(run.warnings[0]).toContain(problem);
        if (write === sealed) {
          // The skipped checkpoint was removed; it is written again.
          await trainSmallRun(await resumeRun(folder));
        }
      }
    }),
  );

  it("of an earlier version, without these hashes, is read without a word", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig));
      for (const step of ["6", "7"]) {
        const file = join(folder, "checkpoints", step, "state.json");
        await writeFile(file, formerState(await readFile(file, "utf8")));
      }
      const run = await resumeRun(folder);
      expect([run.resumeFrom?.state.step, run.warnings]).toEqual([7, []]);
      expect(run.resumeFrom?.environment).toBeUndefined();
      await trainSmallRun(run);
    }));
});

describe("config.json", () => {
  it("that was changed since is refused, by what resumes and by what reads weights", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig));
      const file = join(folder, "config.json");
      const text = await readFile(file, "utf8");
      await writeFile(file, text.replace('"seed": 7', '"seed": 5'));
      const checkpoint = join(folder, "checkpoints/7");
      for (const work of [resumeRun, loadWeightsFrom, () => loadWeightsFrom(checkpoint)]) {
        await expect(work(folder)).rejects.toThrow(
          `${file}: changed since the checkpoint of step 7 was saved (expected SHA-256 `,
        );
      }
      expect(await readdir(folder)).not.toContain("lock");
      await writeFile(file, text);
      await trainSmallRun(await resumeRun(folder));
    }));
});

describe("checkpoints/latest", () => {
  it("is not what decides", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig));
      for (const text of ["6\n", "7", "x\n", "", "\u0000", "007\n"]) {
        await writeFile(join(folder, "checkpoints/latest"), text);
        expect(await loadWeightsFrom(folder)).toMatchObject({ step: 7, warnings: [] });
      }
    }));

  it("that names a later checkpoint, which is not there, is reported", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig));
      await writeFile(join(folder, "checkpoints/latest"), "9\n");
      const { step, warnings } = await loadWeightsFrom(folder);
      expect(step).toBe(7);
      expect(warnings).toEqual([expect.stringContaining("checkpoints/9/state.json: cannot be read")]);
    }));
});

describe("metrics.jsonl", () => {
  it("keeps only what is metrics: other lines are removed, with a warning", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig));
      const file = join(folder, "metrics.jsonl");
      const before = await readFile(file, "utf8");
      const [line = ""] = before.split("\n");
      const epoch = { ...JSON.parse(before.trimEnd().split("\n").at(-1) ?? ""), confusion: [[1], [2]] };
      const strange = ["null", "3", '"x"', "[]", "{}", "", line.replace(/"step":\d+/, '"step":"2"'), "{"];
      await appendFile(file, `${[...strange, JSON.stringify(epoch)].join("\n")}\n{"kind":"st`);
      expect(await (await openRun(folder)).metrics()).toEqual(
        before
          .trimEnd()
          .split("\n")
          .map((each) => JSON.parse(each)),
      );
      const run = await resumeRun(folder);
      await run.dispose();
      expect(run.warnings).toEqual([`removed 9 lines that are not metrics from ${file}`]);
      expect(await readFile(file, "utf8")).toBe(before);
    }));
});

describe.runIf(posix)("a pipe in a run folder is named at once, and never waited for", () => {
  it.each([
    ["config.json", /config\.json: cannot be read: expected a file, found a pipe/],
    ["metrics.jsonl", /metrics\.jsonl: cannot be read: expected a file, found a pipe/],
    ["checkpoints/7/state.json", undefined],
    ["checkpoints/7/weights.safetensors", undefined],
    ["checkpoints/7/optimizer.safetensors", undefined],
  ])("%s", (name, message) =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig));
      await rm(join(folder, name));
      execFileSync("mkfifo", [join(folder, name)]);
      if (message !== undefined) {
        await expect(resumeRun(folder)).rejects.toThrow(message);
        return;
      }
      const run = await resumeRun(folder);
      expect(run.resumeFrom?.state.step).toBe(6);
      expect(run.warnings[0]).toContain(`${name}: cannot be read: expected a file, found a pipe`);
      await trainSmallRun(run);
    }),
  );

  it("checkpoints/latest", () =>
    inNewFolder(async (folder) => {
      await trainSmallRun(await createRun(folder, smallConfig), 3);
      await rm(join(folder, "checkpoints/latest"));
      execFileSync("mkfifo", [join(folder, "checkpoints/latest")]);
      const run = await resumeRun(folder);
      expect(run.warnings[0]).toContain("latest: cannot be read: expected a file, found a pipe");
      await trainSmallRun(run);
      expect((await openRun(folder)).latestStep).toBe(7);
    }));
});
