import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RunError } from "../record/run-error.js";
import { FailingFileSystem } from "../testing/failing-file-system.js";
import { withoutTimes } from "../testing/memory-recorder.js";
import { inNewFolder, smallConfig, trainSmallRun } from "../testing/small-run.js";
import { loadWeightsFrom, openRun } from "./read-run.js";
import { createRun, resumeRun } from "./run.js";

/** What a run leaves, times aside. */
async function outcomeOf(folder: string): Promise<unknown> {
  const reader = await openRun(folder);
  return {
    lines: withoutTimes(await reader.metrics()),
    weights: (await loadWeightsFrom(folder)).parameters,
    latest: reader.latestStep,
    names: (await readdir(folder, { recursive: true })).sort(),
  };
}

/** Trains what another process has begun and may still believe to own, up to a step or to the end. */
async function takeOver(folder: string, maxSteps?: number): Promise<void> {
  const run = await resumeRun(folder, { forceUnlock: true }).catch((error: unknown) => {
    if (!(error instanceof RunError) || error.code !== "NIN_RUN_MISSING") throw error;
    return createRun(folder, smallConfig, { forceUnlock: true });
  });
  expect(run.warnings).toEqual([]);
  await trainSmallRun(run, maxSteps);
}

/** Trains a run in a process that is stopped at one of its calls that change something, and goes on when `pause` ends. */
async function trainStopped(folder: string, call: number, pause: () => Promise<void>): Promise<number> {
  const failing = new FailingFileSystem(call, { pause });
  const run = await createRun(folder, smallConfig, { files: failing.files }).catch(() => undefined);
  // It finds that the run is another's, or that a file is gone.
  if (run !== undefined) await trainSmallRun(run).catch(() => {});
  return failing.calls.length;
}

/** A link and two removals: who waits for a lock that is being released does not take it by force. */
const CALLS_OF_RELEASE = 3;

describe("a process that is stopped at any of its calls and goes on when another has its run", () => {
  it.each([
    ["has trained it to its end", undefined, 3],
    ["has trained it on", 4, 5],
  ] as const)("harms nothing where that one %s", async (_name, maxSteps, stride) => {
    await inNewFolder(async (above) => {
      const whole = join(above, "whole");
      const calls = await trainStopped(whole, Number.POSITIVE_INFINITY, async () => {});
      const expected = await outcomeOf(whole);
      const stops = Array.from(
        { length: Math.floor((calls - CALLS_OF_RELEASE) / stride) },
        (_, index) => 1 + stride * index,
      );
      const work = async (): Promise<void> => {
        for (let call = stops.shift(); call !== undefined; call = stops.shift()) {
          const folder = join(above, `${call}`);
          await trainStopped(folder, call, () => takeOver(folder, maxSteps));
          if (maxSteps !== undefined) await takeOver(folder);
          expect(await outcomeOf(folder), `stopped at call ${call}`).toEqual(expected);
        }
      };
      // They wait for the disk most of all.
      await Promise.all(Array.from({ length: 8 }, work));
    });
  });
});
