import { expect, it } from "vitest";
import type { Slice } from "./validity.js";
import { growthNotFound } from "./warm-up.js";

/** Runs slices that take as long as `msOf` says. Its second argument counts the slices of as many steps. */
function timed(msOf: (steps: number, time: number) => number) {
  const seen: number[] = [];
  const run = async (steps: number): Promise<Slice> => {
    const elapsedMs = msOf(steps, seen.filter((before) => before === steps).length);
    seen.push(steps);
    return {
      steps,
      wallMs: elapsedMs,
      answer: {
        losses: [],
        scoresNorm: null,
        elapsedMs,
        cpuMs: elapsedMs,
        mainThreadMs: null,
        rssBytes: 0,
        peakRssBytes: 0,
        deviceBytes: null,
      },
    };
  };
  return { run, seen };
}

const REQUEST_MS = 0.3;
const STEP_MS = 0.02;

it("growth is found in the first slices that are longer than a request", async () => {
  const { run, seen } = timed((steps) => REQUEST_MS + STEP_MS * steps);
  expect(await growthNotFound(run)).toBeUndefined();
  expect(seen).toEqual([1, 4, 16, 64, 256]);
});

it("a pause of the machine in a slice does not hide the growth of the others", async () => {
  // As seen on a busy machine: what computed for 21 ms was stopped for 45 more.
  const { run, seen } = timed((steps, time) => {
    const paused = time === 0 && (steps === 64 || steps === 1024);
    return REQUEST_MS + STEP_MS * steps + (paused ? 45 : 0);
  });
  expect(await growthNotFound(run)).toBeUndefined();
  expect(seen.length).toBeGreaterThan(7);
});

it("work that is not done is found, whatever the pauses", async () => {
  const { run } = timed((_, time) => REQUEST_MS + (time === 0 ? 45 : 0));
  expect(await growthNotFound(run)).toMatch(/^returned before its work was done: 4096 steps took/);
});
