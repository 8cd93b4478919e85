import { describe, expect, it } from "vitest";
import {
  lateResult,
  leak,
  missingGrowth,
  type Slice,
  skippedWork,
  sliceProblem,
  slowClock,
  stoppedTraining,
} from "./validity.js";

function slice(
  steps: number,
  elapsedMs: number,
  more: Partial<Slice["answer"]> = {},
  wallMs = elapsedMs,
): Slice {
  const answer = {
    elapsedMs,
    cpuMs: elapsedMs,
    mainThreadMs: null,
    rssBytes: 2 ** 28,
    peakRssBytes: 2 ** 28,
    deviceBytes: null,
    losses: [1],
    scoresNorm: null,
    ...more,
  };
  return { steps, answer, wallMs };
}

describe("a slice is valid", () => {
  it("when its losses are finite and its scores those that were checked", () => {
    expect(sliceProblem(slice(1, 10, { losses: [1, Number.NaN] }))).toMatch(/not finite/);
    const norm = { expected: 10, allowed: 1e-4 };
    expect(sliceProblem(slice(1, 10, { scoresNorm: 10.0005 }), norm)).toBeUndefined();
    expect(sliceProblem(slice(1, 10, { scoresNorm: 10.01 }), norm)).toMatch(/norm differs by 1\.0e-3/);
    expect(sliceProblem(slice(1, 10, { scoresNorm: Number.NaN }), norm)).toMatch(/norm differs/);
    // As JSON has a NaN.
    expect(sliceProblem(slice(1, 10, { scoresNorm: null }), norm)).toMatch(/norm differs/);
  });
});

it("a clock is the runner's, within what a message takes; one pause is the machine's", () => {
  const slices = (...wallMs: readonly number[]) => wallMs.map((wall) => slice(1, 1000, {}, wall));
  expect(slowClock(slices(1001, 1140, 1140))).toBeUndefined();
  expect(slowClock(slices(1001, 9000, 1002))).toBeUndefined();
  expect(slowClock(slices(1300, 1300, 1001))).toBe(
    "reports 1000 ms for its slices, while 300 ms more passed",
  );
});

it("steps have ended when they are said to, unless what depends on the last comes later", () => {
  expect(lateResult(slice(1, 100), { firstMs: 30, secondMs: 30 })).toBeUndefined();
  expect(lateResult(slice(1, 100), { firstMs: 100, secondMs: 30 })).toBeUndefined();
  expect(lateResult(slice(1, 100), { firstMs: 130, secondMs: 30 })).toMatch(/came 100 ms later/);
});

it("the time of steps grows with their number", () => {
  expect(missingGrowth([slice(1, 12), slice(8, 40)])).toBeUndefined();
  expect(missingGrowth([slice(1, 12), slice(16, 13)])).toMatch(/16 steps took 1\.1 times as long as 1/);
  expect(missingGrowth([slice(1, 12), slice(2, 12)])).toBeUndefined();
  expect(missingGrowth([slice(1, 2000), slice(1, 12), slice(16, 190)])).toBeUndefined();
});

it("work was done when every parameter moved that did in the check", () => {
  const checked = { a: 1, b: 0.5, still: 1e-9 };
  expect(skippedWork({ steps: 3, updates: { a: 2, b: 0.1, still: 0 } }, 3, checked)).toBeUndefined();
  expect(skippedWork({ steps: 2, updates: { a: 2, b: 1 } }, 3, checked)).toMatch(/did 2 steps where 3/);
  expect(skippedWork({ steps: 3, updates: { a: 2 } }, 3, checked)).toMatch(/: b did not move/);
  expect(skippedWork({ steps: 3, updates: { a: Number.NaN, b: 1 } }, 3, checked)).toMatch(/: a did not move/);
});

it("training goes on when most of what had moved goes on moving", () => {
  const earlier = { steps: 2, updates: { a: 1, b: 2, c: 3, still: 0 } };
  const later = (a: number, b: number, c: number) => ({ steps: 9, updates: { a, b, c, still: 0 } });
  expect(stoppedTraining(later(1.1, 2.1, 3), 9, earlier)).toBeUndefined();
  expect(stoppedTraining(later(1.1, 2, 3), 9, earlier)).toMatch(/after 2 steps: b, c did not move/);
  expect(stoppedTraining(later(1.1, 2.1, 3.1), 10, earlier)).toMatch(/did 9 steps where 10/);
});

it("a leak rises in slice after slice", () => {
  const memory = (...mebibytes: readonly number[]): readonly Slice[] =>
    mebibytes.map((size) => slice(10, 100, { rssBytes: size * 2 ** 20 }));
  expect(leak(memory(100, 300, 340, 380, 420, 460))).toBe("leaks: 160 MiB more after 40 steps");
  expect(leak(memory(100, 300, 300, 301, 300, 302))).toBeUndefined();
  expect(leak(memory(100, 300, 500, 300, 500, 400))).toBeUndefined();
  expect(leak(memory(100, 300, 500))).toBeUndefined();
});
