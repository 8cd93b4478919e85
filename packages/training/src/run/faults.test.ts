import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { RunError } from "../node.js";
import { Died, FailingFileSystem } from "../testing/failing-file-system.js";
import { withoutTimes } from "../testing/memory-recorder.js";
import { inNewFolder, smallConfig, trainSmallRun } from "../testing/small-run.js";
import { loadWeightsFrom, openRun } from "./read-run.js";
import { createRun, type Run, resumeRun } from "./run.js";

/** What a whole run leaves, times aside. */
interface Outcome {
  readonly lines: readonly object[];
  readonly weights: unknown;
  readonly checkpoints: readonly string[];
}

let whole: Outcome;
let callsOfWholeRun = 0;
/** A link and two removals. */
const CALLS_OF_RELEASE = 3;
beforeAll(() =>
  inNewFolder(async (folder) => {
    const counting = new FailingFileSystem(Number.POSITIVE_INFINITY, "before");
    await trainSmallRun(await createRun(join(folder, "run"), smallConfig, { files: counting.files }));
    callsOfWholeRun = counting.calls.length;
    whole = await outcomeOf(join(folder, "run"));
  }),
);

async function outcomeOf(folder: string): Promise<Outcome> {
  const reader = await openRun(folder);
  return {
    lines: withoutTimes(await reader.metrics()),
    weights: (await loadWeightsFrom(folder)).parameters,
    checkpoints: (await readdir(join(folder, "checkpoints"))).sort(),
  };
}

/** Trains until the fault; gives what was thrown. */
async function trainWithFault(folder: string, failing: FailingFileSystem): Promise<unknown> {
  let run: Run | undefined;
  try {
    run = await createRun(folder, smallConfig, { files: failing.files });
    await trainSmallRun(run);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Continues, or begins anew where there is no run yet; the lock of the dead is this process's own. */
async function continueRun(folder: string): Promise<void> {
  await rm(join(folder, "lock"), { force: true });
  const run = await resumeRun(folder).catch((error: unknown) => {
    if (error instanceof RunError && error.code === "NIN_RUN_MISSING") return createRun(folder, smallConfig);
    throw error;
  });
  expect(run.warnings).toEqual([]);
  await trainSmallRun(run);
}

/** At every `stride`th call of a whole run, some at a time: they wait for the disk most of all. */
async function atCalls(stride: number, use: (call: number, path: string) => Promise<void>): Promise<void> {
  const calls = Array.from({ length: Math.ceil(callsOfWholeRun / stride) }, (_, index) => 1 + stride * index);
  const worker = async (): Promise<void> => {
    for (let call = calls.shift(); call !== undefined; call = calls.shift()) {
      const at = call;
      await inNewFolder((folder) => use(at, join(folder, "run")));
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

describe("a process that dies at any of its calls to the file system", () => {
  it("leaves a run that continues and ends bit for bit as one that was never stopped", async () => {
    expect(callsOfWholeRun).toBeGreaterThan(80);
    await atCalls(1, async (call, path) => {
      const failing = new FailingFileSystem(call, call % 2 === 0 ? "half" : "before");
      expect(await trainWithFault(path, failing), `call ${call}`).toBeInstanceOf(Died);
      await continueRun(path);
      expect(await outcomeOf(path), `after dying at call ${call}, ${failing.calls.at(-1)}`).toEqual(whole);
    });
  }, 120_000);
});

describe("a disk that refuses", () => {
  it.each(["ENOSPC", "EACCES", "EIO"])(
    "with %s at any call is named, and the last checkpoint kept",
    async (code) => {
      await atCalls(11, async (call, path) => {
        const failing = new FailingFileSystem(call, { code });
        const error = await trainWithFault(path, failing);
        // When the lock is given back all else is done; one that stays is not in anybody's way.
        if (call > callsOfWholeRun - CALLS_OF_RELEASE) return;
        expect(error, `call ${call}, ${failing.calls.at(-1)}`).toBeInstanceOf(RunError);
        expect((error as RunError).code).toBe("NIN_RUN_WRITE");
        const left = await readdir(join(path, "checkpoints")).catch(() => []);
        expect(left.filter((name) => /^\.part-\d/.test(name))).toEqual([]);
        await continueRun(path);
        expect(await outcomeOf(path)).toEqual(whole);
      });
    },
    60_000,
  );
});
